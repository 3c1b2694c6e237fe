import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PresidentDto } from '../presidents/president.dto.js';
import { plainText, PlainText } from '../problem/plain-text.js';
import { WholeNumber } from '../problem/whole-number.js';
import { AddressSummary } from '../search/search-answer.js';

const SIZES = { min: 1, max: 20 };

/** The query of `GET /suggest`. */
export class SuggestParameters {
  @ApiProperty({ description: 'What was typed so far.', example: 'george wa', ...plainText({ max: 100 }) })
  @PlainText({ max: 100 })
  q!: string;

  @ApiPropertyOptional({
    description: 'Presidents and addresses at most.',
    type: 'integer',
    minimum: SIZES.min,
    maximum: SIZES.max,
    default: 5,
  })
  @WholeNumber(SIZES)
  size = 5;
}

/** The answer of `GET /suggest`. */
export class Suggestions {
  @ApiProperty({ type: [PresidentDto], description: 'By name.' })
  presidents!: PresidentDto[];

  @ApiProperty({ type: [AddressSummary], description: 'By title.' })
  addresses!: AddressSummary[];
}
