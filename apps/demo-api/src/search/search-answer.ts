import { ApiProperty } from '@nestjs/swagger';
import { PARTIES, type Party } from '../entities/party.js';
import { PresidentDto } from '../presidents/president.dto.js';

export class AddressSummary {
  @ApiProperty({ example: 73 })
  id!: number;

  @ApiProperty({ example: 1862 })
  year!: number;

  @ApiProperty({ example: 'State of the Union 1862' })
  title!: string;
}

export class SearchHit {
  @ApiProperty({ description: 'Of the passage.', example: 3595 })
  id!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Relevance; null where there was no `q` to be relevant to.',
  })
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

  @ApiProperty()
  count!: number;
}

export class DecadeCount {
  @ApiProperty({ example: '1860s' })
  decade!: string;

  @ApiProperty()
  count!: number;
}

export class YearCount {
  @ApiProperty({ example: 1862 })
  year!: number;

  @ApiProperty()
  count!: number;
}

export class PresidentCount {
  @ApiProperty({ example: 16 })
  id!: number;

  @ApiProperty({ example: 'Abraham Lincoln' })
  name!: string;

  @ApiProperty()
  count!: number;
}

export class WordCount {
  @ApiProperty({ example: 'bonds' })
  word!: string;

  @ApiProperty({ description: 'In how many of the best passages.' })
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
  @ApiProperty({ description: 'Passages that match, on all pages.' })
  total!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'null where a cursor was given.' })
  page!: number | null;

  @ApiProperty()
  pages!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Give it as `cursor` for the next page; null on the last one.',
  })
  nextCursor!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Another spelling of `q`, where a word of it is in no passage.',
  })
  didYouMean!: string | null;

  @ApiProperty({ type: [SearchHit] })
  hits!: SearchHit[];

  @ApiProperty()
  facets!: Facets;
}
