import { describeWith } from '@rookery/services';
import { SearchService, type DriftedDocument } from '@rookery/search';
import { lastValueFrom, tap, toArray } from 'rxjs';
import { connectTo, type DatabaseName } from './database.js';
import { Author, Book } from './entities.js';
import { BookV2, V2 } from './entities-v2.js';
import { engineOf, startSearch } from './running.js';

const BOOKS = 60;

/** The whole way of a migration beside the one on PostgreSQL: under changes, there, back, there again and to its end. */
function rebuilds(database: DatabaseName): () => Promise<void> {
  return async () => {
    const running = await startSearch(database, { relay: { pollMs: 20 } });
    const em = running.orm.em.fork();
    const ann = em.create(Author, { id: 1, name: 'Ann', note: 'sails' });
    for (let id = 1; id <= BOOKS; id += 1)
      em.create(Book, { id, title: `the ship ${id}`, stock: id, author: id % 2 ? ann : null });
    await em.flush();
    await running.search.settled();
    // SQLite is of one process at a time; and elsewhere that comes to the same.
    await running.search.close();

    const orm = await connectTo(database, running.dbName, V2);
    const search = new SearchService(orm, {
      engine: engineOf(),
      prefix: running.prefix,
      sync: 'outbox',
      relay: { pollMs: 20 },
      createIndices: false,
    });
    const live = async (): Promise<string[]> =>
      (await running.engine.readIndices(`${running.prefix}-books`)).map(({ index }) => index);
    const drift = async (): Promise<DriftedDocument[]> => {
      const all = [];
      for await (const one of search.migrations.verify(BookV2)) all.push(one);
      return all;
    };
    try {
      await search.start();
      const [old] = await live();
      const changes: Promise<void>[] = [];
      const change = async (id: number): Promise<void> => {
        const em = orm.em.fork();
        const book = await em.findOneOrFail(BookV2, id);
        if (id % 3 === 0) em.remove(book);
        else book.title = `a vessel ${id}`;
        await em.flush();
      };
      const progress = await lastValueFrom(
        search.migrations.migrate(BookV2, { pageSize: 20, maxDocumentsPerSecond: 100 }).pipe(
          tap(({ phase, done }) => void (phase === 'backfill' && changes.push(change(done), change(done - 19)))),
          toArray(),
        ),
      );
      expect(progress.at(-1)?.phase).toBe('swapped');
      await Promise.all(changes);
      expect(changes).toHaveLength(6);
      await search.settled({ timeoutMs: 20_000 });
      expect(await live()).not.toEqual([old]);
      expect(await drift()).toEqual([]);
      expect((await search.repository(BookV2).get(1))?.source).toMatchObject({
        title: 'a vessel 1',
        author: { note: 'sails' },
      });
      expect(await search.repository(BookV2).get(60)).toBeUndefined();

      await search.migrations.rollback(BookV2);
      expect(await live()).toEqual([old]);
      expect((await lastValueFrom(search.migrations.migrate(BookV2))).phase).toBe('swapped');
      await search.migrations.finish(BookV2);
      expect(await running.engine.readIndices(`${running.prefix}-books-v*`)).toHaveLength(1);
      expect(await drift()).toEqual([]);
    } finally {
      await search.close();
      await orm.close(true);
      await running.stop();
    }
  };
}

describeWith('opensearch', 'a rebuild', () => {
  describeWith('mariadb', 'from MariaDB', () => {
    it('goes there, back, and to its end, under changes', rebuilds('mariadb'), 60_000);
  });
  it('goes there, back, and to its end, under changes, from SQLite', rebuilds('sqlite'), 60_000);
});
