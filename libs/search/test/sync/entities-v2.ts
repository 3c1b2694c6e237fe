import type { Opt, Rel } from '@mikro-orm/core';
import { Entity, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, searchEntities } from '@rookery/search';

@Entity({ tableName: 'author' })
export class AuthorV2 {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
  @Property({ type: 'string', nullable: true }) note?: string;
}

const SYNONYMS = {
  number_of_shards: 1,
  analysis: {
    filter: { ships: { type: 'synonym', synonyms: ['ship, vessel'] } },
    analyzer: { ships: { tokenizer: 'standard', filter: ['lowercase', 'ships'] } },
  },
};

/** The same table as `Book`, with an analyzer of its own and a new field: needs a rebuild. */
@Entity({ tableName: 'book' })
@Indexed({ name: 'books', settings: SYNONYMS })
export class BookV2 {
  @PrimaryKey() id!: number;
  @SearchField({ analyzer: 'ships' }) @Property({ type: 'text' }) title!: string;
  @SearchField() @Property({ type: 'integer', default: 0 }) stock: number & Opt = 0;
  @SearchField({ type: 'date' }) @Property({ type: 'string', nullable: true }) published?: string | null;
  @SearchField({ include: ['id', 'name', 'note'] })
  @ManyToOne(() => AuthorV2, { nullable: true, deleteRule: 'set null' })
  author?: Rel<AuthorV2> | null;
}

/** The same table once more, with one more field only: put in place. */
@Entity({ tableName: 'book' })
@Indexed({ name: 'books', settings: { number_of_shards: 1 } })
export class BookPlus {
  @PrimaryKey() id!: number;
  @SearchField({ fields: { raw: { type: 'keyword' } } }) @Property({ type: 'text' }) title!: string;
  @SearchField() @Property({ type: 'integer', default: 0 }) stock: number & Opt = 0;
  @SearchField({ type: 'date' }) @Property({ type: 'string', nullable: true }) published?: string | null;
}

/** What `BookPlus` adds to. */
@Entity({ tableName: 'book' })
@Indexed({ name: 'books', settings: { number_of_shards: 1 } })
export class BookPlain {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'text' }) title!: string;
  @SearchField() @Property({ type: 'integer', default: 0 }) stock: number & Opt = 0;
}

/** Refuses titles: a number in the index. */
@Entity({ tableName: 'book' })
@Indexed({ name: 'books', settings: { number_of_shards: 1 } })
export class BookRefusing {
  @PrimaryKey() id!: number;
  @SearchField({ type: 'integer' }) @Property({ type: 'text' }) title!: string;
}

export const V2 = [AuthorV2, BookV2, ...searchEntities];
export const PLAIN = [BookPlain, ...searchEntities];
export const PLUS = [BookPlus, ...searchEntities];
export const REFUSING = [BookRefusing, ...searchEntities];
