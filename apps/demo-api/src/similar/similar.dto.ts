import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { WholeNumber } from '../problem/whole-number.js';
import { SearchHit } from '../search/search-answer.js';

const SIZES = { min: 1, max: 20 };

/** The query of `GET /addresses/:id/similar`. */
export class SimilarParameters {
  @ApiPropertyOptional({
    description: 'Addresses at most.',
    type: 'integer',
    minimum: SIZES.min,
    maximum: SIZES.max,
    default: 5,
  })
  @WholeNumber(SIZES)
  size = 5;
}

/** The answer of `GET /addresses/:id/similar`. */
export class SimilarAddresses {
  @ApiProperty({
    type: [SearchHit],
    description:
      'Of each similar address the passage that is most like the requested address, the most similar first. Nothing is marked in it.',
  })
  hits!: SearchHit[];
}
