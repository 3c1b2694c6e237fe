import { ApiProperty } from '@nestjs/swagger';
import { PARTIES, type Party } from '../entities/party.js';
import { ApiCount, ApiId, ApiNullable } from '../openapi/properties.js';
import { PresidentDto } from '../presidents/president.dto.js';

export class AddressSummary {
  @ApiId({ example: 3 })
  id!: number;

  @ApiProperty({ type: 'integer', example: 1792 })
  year!: number;

  @ApiProperty({ example: 'State of the Union 1792' })
  title!: string;
}

export class SearchHit {
  @ApiId({ description: 'Of the passage.', example: 1 })
  id!: number;

  @ApiNullable({ type: 'number' }, { description: 'Relevance; null where there was no `q` to be relevant to.' })
  score!: number | null;

  @ApiProperty()
  address!: AddressSummary;

  @ApiProperty()
  president!: PresidentDto;

  @ApiProperty()
  text!: string;

  @ApiProperty({ type: [String], description: 'Parts of the text, with the words that were found in <em>.' })
  highlights!: readonly string[];
}

export class PartyCount {
  @ApiProperty({ enum: PARTIES })
  party!: Party;

  @ApiCount()
  count!: number;
}

export class DecadeCount {
  @ApiProperty({ example: '1790s' })
  decade!: string;

  @ApiCount()
  count!: number;
}

export class YearCount {
  @ApiProperty({ type: 'integer', example: 1792 })
  year!: number;

  @ApiCount()
  count!: number;
}

export class PresidentCount {
  @ApiId({ example: 1 })
  id!: number;

  @ApiProperty({ example: 'George Washington' })
  name!: string;

  @ApiCount()
  count!: number;
}

export class WordCount {
  @ApiProperty({ example: 'bonds' })
  word!: string;

  @ApiCount({ description: 'In how many of the best passages.' })
  count!: number;
}

export class Facets {
  @ApiProperty({ type: [PartyCount], description: 'Passages of each party, the most first.' })
  party!: PartyCount[];

  @ApiProperty({ type: [DecadeCount], description: 'Passages of each decade, in order.' })
  decade!: DecadeCount[];

  @ApiProperty({
    type: [PresidentCount],
    description: 'With `facets=wide`: passages of each president, the most first.',
  })
  president!: PresidentCount[];

  @ApiProperty({ type: [YearCount], description: 'With `facets=wide`: passages of each year that has some, in order.' })
  year!: YearCount[];

  @ApiProperty({
    type: [WordCount],
    description: 'With `words=true`: those that set the best passages apart from all others.',
  })
  words!: WordCount[];
}

/** The answer of `GET /search`. */
export class SearchAnswer {
  @ApiCount({ description: 'Passages that match, on all pages.' })
  total!: number;

  @ApiNullable({ type: 'integer', minimum: 1 }, { description: 'null where a cursor was given.' })
  page!: number | null;

  @ApiCount()
  pages!: number;

  @ApiNullable({ type: 'string' }, { description: 'Give it as `cursor` for the next page; null on the last one.' })
  nextCursor!: string | null;

  @ApiNullable({ type: 'string' }, { description: 'Another spelling of `q`, where a word of it is in no passage.' })
  didYouMean!: string | null;

  @ApiProperty({ type: [SearchHit] })
  hits!: SearchHit[];

  @ApiProperty()
  facets!: Facets;
}
