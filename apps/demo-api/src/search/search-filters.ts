import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { PARTIES, type Party } from '../entities/party.js';
import { NotBeforeFrom } from '../problem/not-before-from.js';
import { Optional } from '../problem/optional.js';
import { plainText, PlainText } from '../problem/plain-text.js';
import { SomeOf, WholeNumbers } from '../problem/values.js';
import { WholeNumber } from '../problem/whole-number.js';
import { MODES, type Mode } from './mode.js';

const YEARS = { min: 1790, max: 2100 };
/** More presidents than the data have. */
const PRESIDENTS = { min: 1, max: 999_999_999, count: 50 };
const DISTANCES = { min: 1, max: 50 };

/** Which passages: the query of `GET /export`, and the most of `GET /search`. */
export class SearchFilters {
  @ApiPropertyOptional({
    description: 'What to find in the passages; without it all passages match.',
    example: 'public debt',
    ...plainText({ max: 200 }),
  })
  @Optional()
  @PlainText({ max: 200 })
  q?: string;

  @ApiPropertyOptional({
    enum: MODES,
    default: 'words',
    description:
      'How to read `q`: all its words; words like them; the phrase; its words near each other; the query syntax of Lucene.',
  })
  @IsIn(MODES, { message: `mode must be one of ${MODES.join(', ')}` })
  mode: Mode = 'words';

  @ApiPropertyOptional({
    description: 'Words that may stand between those of `q`, with `mode=near`.',
    type: 'integer',
    minimum: DISTANCES.min,
    maximum: DISTANCES.max,
    default: 8,
  })
  @WholeNumber(DISTANCES)
  distance = 8;

  @ApiPropertyOptional({
    description: 'Words of the name of the president.',
    example: 'Washington',
    ...plainText({ max: 100 }),
  })
  @Optional()
  @PlainText({ max: 100 })
  president?: string;

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'integer', minimum: PRESIDENTS.min, maximum: PRESIDENTS.max },
    minItems: 1,
    maxItems: PRESIDENTS.count,
    description: 'Of one of these presidents: the parameter is repeated.',
  })
  @Optional()
  @WholeNumbers(PRESIDENTS)
  presidentId?: number | number[];

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', enum: [...PARTIES] },
    minItems: 1,
    maxItems: PARTIES.length,
    description: 'Of one of these parties: the parameter is repeated.',
  })
  @Optional()
  @SomeOf(PARTIES)
  party?: Party | Party[];

  @ApiPropertyOptional({ description: 'First year.', type: 'integer', minimum: YEARS.min, maximum: YEARS.max })
  @Optional()
  @WholeNumber(YEARS)
  from?: number;

  @ApiPropertyOptional({
    description: 'Last year, not before `from`.',
    type: 'integer',
    minimum: YEARS.min,
    maximum: YEARS.max,
  })
  @Optional()
  @WholeNumber(YEARS)
  @NotBeforeFrom()
  to?: number;
}
