import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import type { President } from '../entities/index.js';
import { PARTIES, type Party } from '../entities/party.js';
import { ApiId } from '../openapi/properties.js';
import { Optional } from '../problem/optional.js';
import { plainText, PlainText } from '../problem/plain-text.js';

export class PresidentDto {
  @ApiId({ example: 1 })
  id!: number;

  @ApiProperty({ example: 'George Washington' })
  name!: string;

  @ApiProperty({ enum: PARTIES, example: 'none' })
  party!: Party;

  static of({ id, name, party }: President): PresidentDto {
    return { id, name, party };
  }
}

/** The body of `PATCH /presidents/:id`: what is to change. */
export class PresidentChange {
  @ApiPropertyOptional({ example: 'Abraham Lincoln', ...plainText({ max: 100 }) })
  @Optional()
  @PlainText({ max: 100 })
  name?: string;

  @ApiPropertyOptional({ enum: PARTIES })
  @Optional()
  @IsIn(PARTIES, { message: `party must be one of ${PARTIES.join(', ')}` })
  party?: Party;
}
