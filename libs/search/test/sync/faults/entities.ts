import type { Opt, Rel } from '@mikro-orm/core';
import { Entity, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, searchEntities } from '@rookery/search';

/** In documents, and without an index of its own. */
@Entity()
export class Shelf {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) room!: string;
  @Property({ type: 'integer' }) floor!: number;
  @Property({ type: 'datetime', nullable: true }) dusted?: Date | null;
}

@Entity()
@Indexed({ name: 'scrolls', settings: { number_of_shards: 1 } })
@Indexed({
  name: 'summaries',
  settings: { number_of_shards: 1 },
  document: ({ title }: Scroll, document) => {
    if (title === 'unspeakable') throw new Error('no summary of it');
    return { ...document, initial: title.slice(0, 1) };
  },
})
export class Scroll {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'text' }) title!: string;
  @SearchField({ include: ['room', 'floor', 'dusted'] }) @ManyToOne(() => Shelf) shelf!: Rel<Shelf>;

  @SearchField({ type: 'keyword' })
  get initial(): string & Opt {
    if (this.title === '') throw new RangeError('a title has no initial');
    return this.title[0]!;
  }
}

export const SCROLLS = [Shelf, Scroll, ...searchEntities];
