import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { PARTIES, type Party } from '../entities/party.js';
import { NotBeforeFrom } from '../problem/not-before-from.js';
import { Optional } from '../problem/optional.js';
import { PlainText } from '../problem/plain-text.js';
import { WholeNumber } from '../problem/whole-number.js';

const YEARS = { min: 1790, max: 2100 };
/** With the most hits a page, the last page ends at the 10,000th hit, as far as OpenSearch goes. */
const PAGES = { min: 1, max: 200 };
const SIZES = { min: 1, max: 50 };

/** The query of `GET /search`. */
export class SearchParameters {
  @ApiPropertyOptional({ description: 'Words to find in the passages; without it all passages match.', maxLength: 200, example: 'public debt' })
  @Optional()
  @PlainText({ max: 200 })
  q?: string;

  @ApiPropertyOptional({ description: 'Words of the name of the president.', maxLength: 100, example: 'Lincoln' })
  @Optional()
  @PlainText({ max: 100 })
  president?: string;

  @ApiPropertyOptional({ enum: PARTIES })
  @Optional()
  @IsIn(PARTIES, { message: `party must be one of ${PARTIES.join(', ')}` })
  party?: Party;

  @ApiPropertyOptional({ description: 'First year.', type: 'integer', minimum: YEARS.min, maximum: YEARS.max })
  @Optional()
  @WholeNumber(YEARS)
  from?: number;

  @ApiPropertyOptional({ description: 'Last year.', type: 'integer', minimum: YEARS.min, maximum: YEARS.max })
  @Optional()
  @WholeNumber(YEARS)
  @NotBeforeFrom()
  to?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: PAGES.min, maximum: PAGES.max, default: 1 })
  @WholeNumber(PAGES)
  page = 1;

  @ApiPropertyOptional({ description: 'Hits a page.', type: 'integer', minimum: SIZES.min, maximum: SIZES.max, default: 10 })
  @WholeNumber(SIZES)
  size = 10;
}
