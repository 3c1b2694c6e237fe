import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, Matches } from 'class-validator';
import { Optional } from '../problem/optional.js';
import { WholeNumber } from '../problem/whole-number.js';
import { NotWith } from '../problem/not-with.js';
import { SearchFilters } from './search-filters.js';

/** With the most hits a page, the last page ends at the 10,000th hit, as far as OpenSearch goes by number. */
const PAGES = { min: 1, max: 200 };
const SWITCH = ['true', 'false'] as const;
const FACETS = ['narrow', 'wide'] as const;
const SIZES = { min: 1, max: 50 };
const CURSOR = '^[A-Za-z0-9_-]{1,500}$';

/** The query of `GET /search`. */
export class SearchParameters extends SearchFilters {
  @ApiPropertyOptional({ type: 'integer', minimum: PAGES.min, maximum: PAGES.max, default: 1 })
  @Optional()
  @WholeNumber(PAGES)
  page?: number;

  @ApiPropertyOptional({
    description: 'Instead of `page`: `nextCursor` of the page before. It has no end.',
    pattern: CURSOR,
  })
  @Optional()
  @Matches(new RegExp(CURSOR), { message: 'cursor must be the nextCursor of the page before' })
  @NotWith('page')
  cursor?: string;

  @ApiPropertyOptional({
    enum: FACETS,
    default: 'narrow',
    description:
      'What the facets count: `narrow` what matches; `wide` what would match without the filter of the facet itself (years for decade and year), presidents and years too.',
  })
  @IsIn(FACETS, { message: `facets must be ${FACETS.join(' or ')}` })
  facets: (typeof FACETS)[number] = 'narrow';

  @ApiPropertyOptional({
    enum: SWITCH,
    default: 'false',
    description: 'Whether to name the words that set the hits apart, which takes longer than all the rest.',
  })
  @IsIn(SWITCH, { message: 'words must be true or false' })
  words: (typeof SWITCH)[number] = 'false';

  @ApiPropertyOptional({
    description: 'Hits a page.',
    type: 'integer',
    minimum: SIZES.min,
    maximum: SIZES.max,
    default: 10,
  })
  @WholeNumber(SIZES)
  size = 10;
}
