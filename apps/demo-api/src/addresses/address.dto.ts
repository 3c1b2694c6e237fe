import { ApiProperty } from '@nestjs/swagger';
import type { Address } from '../entities/index.js';
import { ApiId } from '../openapi/properties.js';
import { PresidentDto } from '../presidents/president.dto.js';

export class PassageDto {
  @ApiId({ example: 1 })
  id!: number;

  @ApiProperty()
  text!: string;
}

export class AddressDto {
  @ApiId({ example: 3 })
  id!: number;

  @ApiProperty({ type: 'integer', example: 1792 })
  year!: number;

  @ApiProperty({ example: 'State of the Union 1792' })
  title!: string;

  @ApiProperty()
  president!: PresidentDto;

  @ApiProperty({ type: [PassageDto], description: 'The whole text, in order.' })
  passages!: PassageDto[];

  static of({ id, year, title, president, passages }: Address): AddressDto {
    return {
      id,
      year,
      title,
      president: PresidentDto.of(president),
      passages: passages.getItems().map((passage) => ({ id: passage.id, text: passage.text })),
    };
  }
}
