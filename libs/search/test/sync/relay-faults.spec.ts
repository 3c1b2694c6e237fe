import { describeWith } from '@rookery/services';
import {
  SearchEngineUnavailableError,
  SearchService,
  SearchTableMissingError,
  type SearchEngine,
} from '@rookery/search';
import { Database } from '../../src/database/database.js';
import { createDatabase } from './database.js';
import { Book } from './entities.js';
import { engineOf, startSearch, until } from './running.js';

/** An engine that is away while `away` is true. */
function failing(engine: SearchEngine, away: () => boolean): SearchEngine {
  const bulk: SearchEngine['bulk'] = (operations, options) =>
    away()
      ? Promise.reject(new SearchEngineUnavailableError(engine.name, 'connection', 'refused'))
      : engine.bulk(operations, options);
  return new Proxy(engine, { get: (target, name) => (name === 'bulk' ? bulk : (target[name as never] as unknown)) });
}

describeWith('postgres', 'relay', () =>
  describeWith('opensearch', 'under faults', () => {
    it('keeps rows while the engine is away, without making a transaction wait, and writes them when it is back', async () => {
      let away = true;
      const running = await startSearch('postgres', { engine: failing(engineOf(), () => away), relay: { pollMs: 20 } });
      try {
        const em = running.orm.em.fork();
        em.create(Book, { id: 1, title: 'waits' });
        await em.flush();
        await until(() => running.events.some(({ type }) => type === 'publish-delayed'));
        expect(await running.search.backlog()).toMatchObject({ pending: 1, deadLetters: 0 });
        away = false;
        await running.search.settled({ timeoutMs: 20_000 });
        expect((await running.search.repository(Book).get(1))?.source.title).toBe('waits');
        expect(running.events.map(({ type }) => type)).toEqual(['publish-delayed', 'publish-resumed']);
      } finally {
        await running.stop();
      }
    }, 60_000);

    it('refuses to start without its tables, and names the remedy', async () => {
      const { orm, drop } = await createDatabase('postgres');
      await orm.schema.drop();
      const search = new SearchService(orm, { engine: engineOf(), sync: 'outbox', createIndices: false });
      try {
        await expect(search.start()).rejects.toThrow(SearchTableMissingError);
        await expect(search.start()).rejects.toThrow('add ...searchEntities');
      } finally {
        await search.close();
        await drop();
      }
    }, 60_000);

    it('fails a transaction whose changes cannot be written down', async () => {
      const running = await startSearch('postgres', { relay: false });
      try {
        await running.orm.em.fork().getConnection().execute('alter table search_outbox rename to gone');
        const em = running.orm.em.fork();
        em.create(Book, { id: 1, title: 'not without its row' });
        await expect(em.flush()).rejects.toThrow('search_outbox');
        expect(await running.orm.em.fork().count(Book)).toBe(0);
      } finally {
        await running.stop();
      }
    }, 60_000);

    it('keeps its connections when the server cuts transactions, more often than the pool has connections', async () => {
      const { orm, drop } = await createDatabase('postgres');
      const database = new Database(orm);
      try {
        for (let cut = 1; cut <= 12; cut += 1) {
          const claiming = database.transactional(async (context) => {
            const [own] = await database.all('select pg_backend_pid() as pid', [], context);
            await database.all('select pg_terminate_backend(?)', [own!['pid']]);
            await database.all('select 1', [], context);
          });
          await expect(claiming).rejects.toThrow();
        }
        expect(await database.all('select 1 as one')).toEqual([{ one: 1 }]);
      } finally {
        await drop();
      }
    }, 60_000);
  }),
);
