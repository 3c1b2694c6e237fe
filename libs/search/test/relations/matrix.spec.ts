import type { EntityManager } from '@mikro-orm/core';
import type { SyncMode } from '@rookery/search';
import { startSearch, type Running } from '../sync/running.js';
import { ENTITIES, Shop } from './entities.js';
import { CHANGES, SEED } from './matrix.js';
import { comparable, shopsInDatabase } from './oracle.js';

/** Of the seed, and what changes create. */
const SHOPS = [1, 2, 3, 4, 9];

describe.each<[SyncMode]>([['outbox'], ['after-commit']])('with %s', (sync) => {
  let running: Running;
  let em: EntityManager;
  beforeAll(async () => void (running = await startSearch('postgres', { sync }, ENTITIES)), 60_000);
  afterAll(() => running.stop(), 30_000);

  const documents = async (): Promise<Map<string, unknown>> => {
    await running.search.settled({ refresh: false, timeoutMs: 60_000 });
    const found = await running.search.repository(Shop).getMany(SHOPS);
    return new Map(found.flatMap((one) => (one ? [[one.id, comparable(one.source)] as const] : [])));
  };

  beforeEach(async () => {
    await running.orm.em.fork().getConnection().execute(SEED);
    await running.search.sync.touch(Shop, SHOPS, { em: running.orm.em.fork() });
    await running.search.settled({ refresh: false, timeoutMs: 60_000 });
    running.events.length = 0;
    em = running.orm.em.fork();
  }, 30_000);

  it('fills an index with what the database holds', async () => {
    expect(await documents()).toEqual(await shopsInDatabase(running.orm));
    expect((await documents()).size).toBe(4);
  });

  describe.each(Object.entries(CHANGES))('follows %s:', (_construct, changes) => {
    it.each(Object.entries(changes))('%s', async (_kind, change) => {
      const before = await shopsInDatabase(running.orm);
      await change({ em, search: running.search });
      const after = await shopsInDatabase(running.orm);
      expect(after).not.toEqual(before);
      expect(await documents()).toEqual(after);
      expect(running.events).toEqual([]);
    });
  });
});
