import { Collection, type Opt, type Rel } from '@mikro-orm/core';
import { Entity, ManyToMany, ManyToOne, OneToMany, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, searchEntities } from '@rookery/search';

@Entity()
export class Author {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
  /** In no document. */
  @Property({ type: 'string', nullable: true }) note?: string;
  @OneToMany(() => Book, (book) => book.author) books = new Collection<Book>(this);
}

@Entity()
export class Tag {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) label!: string;
  @ManyToMany(() => Book, (book) => book.tags) books = new Collection<Book>(this);
}

@Entity()
@Indexed({ name: 'books', settings: { number_of_shards: 1 } })
export class Book {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'text' }) title!: string;
  @SearchField() @Property({ type: 'integer', default: 0 }) stock: number & Opt = 0;
  /** Text in the database, a date in the index: what is no date is refused there. */
  @SearchField({ type: 'date' }) @Property({ type: 'string', nullable: true }) published?: string | null;
  @SearchField({ include: ['id', 'name'] })
  @ManyToOne(() => Author, { nullable: true, deleteRule: 'set null' })
  author?: Rel<Author> | null;
  @SearchField({ include: ['label'] }) @ManyToMany(() => Tag) tags = new Collection<Tag>(this);
}

export const ENTITIES = [Author, Tag, Book, ...searchEntities];
