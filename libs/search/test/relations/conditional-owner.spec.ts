import { Collection, type Rel } from '@mikro-orm/core';
import { Entity, ManyToOne, OneToMany, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, searchEntities, type SyncMode } from '@rookery/search';
import { startSearch, type Running } from '../sync/running.js';

/** Whether it has a document depends on rows that no document shows. */
@Entity()
@Indexed<Author>({ name: 'authors', where: { books: { $some: { pages: { $ne: 0 } } } } })
class Author {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField() @Property({ type: 'string' }) name!: string;
  @OneToMany(() => Book, (book) => book.author) books = new Collection<Book>(this);
}

@Entity()
class Book {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @Property({ type: 'integer' }) pages!: number;
  @ManyToOne(() => Author, { nullable: true }) author?: Rel<Author> | null;
}

describe.each<[SyncMode]>([['outbox'], ['after-commit']])(
  'with %s, an owner by a condition over its collection',
  (sync) => {
    let running: Running;
    beforeEach(async () => {
      running = await startSearch('postgres', { sync }, [Author, Book, ...searchEntities]);
      const em = running.orm.em.fork();
      for (const id of [1, 2]) em.create(Author, { id, name: `author ${id}` });
      em.create(Book, { id: 7, pages: 100, author: 1 });
      await em.flush();
      expect(await held()).toEqual(['1']);
    }, 60_000);
    afterEach(() => running.stop(), 30_000);

    const held = async (): Promise<string[]> => {
      await running.search.settled();
      const found = await running.search.repository(Author).getMany([1, 2]);
      return found.flatMap((one) => (one ? [one.id] : []));
    };

    it.each<[string, (em: Running['orm']['em']) => Promise<unknown>]>([
      ['em.upsert', (em) => em.upsert(Book, { id: 7, pages: 100, author: 2 })],
      [
        'em.upsert in a transaction',
        (em) => em.transactional((tx) => tx.upsert(Book, { id: 7, pages: 100, author: 2 })),
      ],
      [
        'em.upsert in a transaction that read the row',
        (em) =>
          em.transactional(async (tx) => {
            await tx.findOneOrFail(Book, 7);
            await tx.upsert(Book, { id: 7, pages: 100, author: 2 });
          }),
      ],
      [
        'em.upsert of an entity',
        (em) => em.upsert(em.create(Book, { id: 7, pages: 100, author: 2 }, { persist: false } as never)),
      ],
      ['em.upsertMany', (em) => em.upsertMany(Book, [{ id: 7, pages: 100, author: 2 }])],
      [
        'em.upsert and a flush in a transaction',
        (em) =>
          em.transactional(async (tx) => {
            (await tx.findOneOrFail(Author, 1)).name = 'renamed';
            await tx.upsert(Book, { id: 7, pages: 100, author: 2 });
          }),
      ],
      [
        'em.upsert in a savepoint',
        (em) =>
          em.transactional((tx) => tx.transactional((inner) => inner.upsert(Book, { id: 7, pages: 100, author: 2 }))),
      ],
    ])('follows %s that moves a member', async (_what, change) => {
      await change(running.orm.em.fork());
      expect(await held()).toEqual(['2']);
      expect(running.events).toEqual([]);
    });
  },
);
