import { jest } from '@jest/globals';

import { defineConfig, MikroORM } from '@mikro-orm/postgresql';
import { describeWith } from '@rookery/services';
import { Indexed, SearchService, type SyncMode } from '@rookery/search';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { SearchField } from '@rookery/search';
import { dropDatabase, dropIndices } from '../left-behind.js';
import { postgresConfig, uniqueName } from './database.js';
import { ENTITIES, Author, Book } from './entities.js';
import { engineOf } from './running.js';

/** Real servers on a loaded machine: each wait has a deadline of its own. */
jest.setTimeout(60_000);

/** Its hook queries the database by itself. */
@Entity()
@Indexed<Hooked>({
  name: 'hooked',
  preload: async (rows, em) => {
    const labels = await em.find(Book, {});
    for (const row of rows) row.titles = labels.map(({ title }) => title).join();
  },
})
export class Hooked {
  @PrimaryKey() id!: number;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string', persist: false }) titles?: string;
}

/** A second database that lies: it never had what the first one holds. */
async function createLiar(): Promise<{ orm: MikroORM; drop: () => Promise<void> }> {
  const [primary, replica] = [uniqueName(), uniqueName()];
  const entities = [...ENTITIES, Hooked];
  for (const dbName of [primary, replica]) {
    const one = await MikroORM.init({ ...postgresConfig(dbName), entities });
    await one.schema.ensureDatabase();
    await one.schema.create();
    if (dbName === replica)
      await one.em.fork().insertMany(Book, [
        { id: 1, title: 'stale' },
        { id: 77, title: 'long gone' },
      ]);
    await one.close(true);
  }
  const orm = await MikroORM.init(
    defineConfig({
      ...postgresConfig(primary),
      entities,
      replicas: [{ dbName: replica }],
      resultCache: { global: 60_000 },
    }),
  );
  return {
    orm,
    drop: async () => {
      await orm.close(true);
      for (const name of [primary, replica]) await dropDatabase(name);
    },
  };
}

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'a replica that lags, and a cache of results', () => {
    it.each<SyncMode>(['outbox', 'after-commit'])('are never asked what a document is (%s)', async (sync) => {
      const { orm, drop } = await createLiar();
      const prefix = uniqueName();
      const search = new SearchService(orm, { engine: engineOf(), prefix, sync });
      await search.start();
      const books = search.repository(Book);
      const titles = async (): Promise<readonly string[]> => {
        await search.settled();
        const { hits } = await books.query().page({ size: 100 }).search();
        return hits.map(({ id, source }) => `${id} ${source.title} ${source.author?.name ?? ''}`.trim()).sort();
      };
      try {
        expect((await orm.em.fork().find(Book, {})).map(({ title }) => title)).toContain('stale');
        const em = orm.em.fork();
        const author = em.create(Author, { id: 1, name: 'Ada' });
        em.create(Book, { id: 1, title: 'fresh', author });
        em.create(Book, { id: 2, title: 'second' });
        await em.flush();
        expect(await titles()).toEqual(['1 fresh Ada', '2 second']);
        author.name = 'Bea';
        await em.flush();
        expect(await titles()).toEqual(['1 fresh Bea', '2 second']);

        await books.bulk([
          { action: 'index', id: 1, document: { title: 'wrong' } },
          { action: 'index', id: 77, document: { title: 'long gone' } },
        ]);
        await books.refresh();
        expect(await search.migrations.repair(Book)).toEqual({ missing: 0, orphaned: 1, outdated: 1 });
        await books.refresh();
        expect(await titles()).toEqual(['1 fresh Bea', '2 second']);
        for await (const drift of search.migrations.verify(Book)) throw new Error(JSON.stringify(drift));

        await search.recreateIndex(Book);
        expect(await books.indexAll()).toEqual({ done: 2, total: 2 });
        await search.sync.touch(Book, { title: 'second' });
        expect(await titles()).toEqual(['1 fresh Bea', '2 second']);

        const hooked = orm.em.fork();
        hooked.create(Hooked, { id: 1 });
        await hooked.flush();
        await search.repository(Hooked).indexAll();
        expect((await search.repository(Hooked).get(1))?.source.titles?.split(',').sort()).toEqual(['fresh', 'second']);
      } finally {
        await search.close();
        await dropIndices(prefix);
        await drop();
      }
    });
  }),
);
