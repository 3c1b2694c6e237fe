import { Type, type Opt, type Rel } from '@mikro-orm/core';
import { Entity, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, searchEntities } from '@rookery/search';

/** What no release can read: each writer makes rows of it now and then, and mends them. */
export const UNREADABLE = 'legacy';

class StateType extends Type<string, string> {
  override convertToJSValue(value: string): string {
    if (value === UNREADABLE) throw new Error('no state is called legacy');
    return value;
  }
  override getColumnType(): string {
    return 'varchar(20)';
  }
}

@Entity({ tableName: 'author' })
export class Author {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @Property({ type: 'string' }) name!: string;
}

@Entity({ tableName: 'book' })
@Indexed({ name: 'books', settings: { number_of_shards: 2 } })
export class Book {
  @PrimaryKey({ type: 'integer', autoincrement: false }) id!: number;
  @SearchField() @Property({ type: 'text' }) title!: string;
  @SearchField() @Property({ type: 'integer', default: 0 }) stock: number & Opt = 0;
  @SearchField({ type: 'keyword' }) @Property({ type: StateType, default: 'new' }) state: string & Opt = 'new';
  @SearchField({ include: ['name'] })
  @ManyToOne(() => Author, { nullable: true, deleteRule: 'set null' })
  author?: Rel<Author> | null;
}

@Entity({ tableName: 'author' })
export class NextAuthor {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @Property({ type: 'string' }) name!: string;
}

/** The next release: another analyzer, and one field more. */
@Entity({ tableName: 'book' })
@Indexed({ name: 'books', settings: { number_of_shards: 1 } })
export class NextBook {
  @PrimaryKey({ type: 'integer', autoincrement: false }) id!: number;
  @SearchField({ analyzer: 'english' }) @Property({ type: 'text' }) title!: string;
  @SearchField() @Property({ type: 'integer', default: 0 }) stock: number & Opt = 0;
  @SearchField({ type: 'keyword' }) @Property({ type: StateType, default: 'new' }) state: string & Opt = 'new';
  @SearchField({ include: ['id', 'name'] })
  @ManyToOne(() => NextAuthor, { nullable: true, deleteRule: 'set null' })
  author?: Rel<NextAuthor> | null;
}

export type Release = 'this' | 'next';

/** The classes of a release; of the same tables, so a writer treats them alike. */
export const CLASSES: Record<Release, { readonly Author: typeof Author; readonly Book: typeof Book }> = {
  this: { Author, Book },
  next: { Author: NextAuthor, Book: NextBook },
};
export const ENTITIES: Record<Release, unknown[]> = {
  this: [Author, Book, ...searchEntities],
  next: [NextAuthor, NextBook, ...searchEntities],
};
