import { ApiProperty } from '@nestjs/swagger';
import type { Address } from '../entities/index.js';
import { PresidentDto } from '../presidents/president.dto.js';

export class PassageDto {
  @ApiProperty({ example: 3001 })
  id!: number;

  @ApiProperty()
  text!: string;
}

export class AddressDto {
  @ApiProperty({ example: 73 })
  id!: number;

  @ApiProperty({ example: 1861 })
  year!: number;

  @ApiProperty({ example: 'State of the Union 1861' })
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
