import { ApiProperty } from '@nestjs/swagger';
import { WholeNumber } from './whole-number.js';

/** The `:id` of a path. */
export class IdParam {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 999_999_999 })
  @WholeNumber({ min: 1, max: 999_999_999 })
  id!: number;
}
