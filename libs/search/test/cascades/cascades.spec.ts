import type { EntityManager } from '@mikro-orm/core';
import type { SyncMode } from '@rookery/search';
import { startSearch, type Running } from '../sync/running.js';
import { Company, DESKS, ENTITIES, Letter, Machine, Person, SEED } from './entities.js';

/** What goes, by index, with what is removed by the ORM. */
const GONE = {
  'a row of no document': {
    remove: (em: EntityManager) => em.remove(em.getReference(Company, 1)),
    gone: {
      people: [1, 2],
      letters: [1, 3, 4],
      offices: [1],
      floors: ['1:1', '1:2'],
      rooms: [1, 2],
      dogs: [1],
      badges: ['A', 'B'],
      posters: [1],
      'used-desks': [1],
    },
    come: { 'free-desks': [1] },
  },
  'a row in the middle': {
    remove: (em: EntityManager) => em.remove(em.getReference(Person, 1)),
    gone: { people: [1], letters: [1, 3, 4], dogs: [1], badges: ['A'] },
    come: {},
  },
  'rows that lead to each other': {
    remove: (em: EntityManager) => em.remove(em.getReference(Letter, 4)),
    gone: { letters: [3, 4] },
    come: {},
  },
  'a row of a table-per-type tree': {
    remove: (em: EntityManager) => em.remove(em.getReference(Machine, 1)),
    gone: { machines: [1] },
    come: {},
  },
};

const INDICES = [
  'people',
  'letters',
  'boards',
  'offices',
  'floors',
  'rooms',
  'dogs',
  'machines',
  'badges',
  'posters',
  ...DESKS,
];

describe.each<[SyncMode]>([['outbox'], ['after-commit']])('with %s, rows that the database deletes', (sync) => {
  let running: Running;
  beforeAll(async () => void (running = await startSearch('postgres', { sync }, ENTITIES)), 60_000);
  afterAll(() => running.stop(), 30_000);

  const ids = async (): Promise<Record<string, string[]>> => {
    await running.search.settled({ timeoutMs: 60_000 });
    const found: Record<string, string[]> = {};
    for (const index of INDICES) {
      await running.engine.refresh(`${running.prefix}-${index}`);
      const { hits } = await running.engine.search({ index: `${running.prefix}-${index}`, body: { size: 100 } });
      found[index] = hits.hits.map(({ _id }) => _id).sort();
    }
    return found;
  };
  const drift = async (): Promise<unknown[]> => {
    const found: unknown[] = [];
    for (const index of INDICES)
      for await (const one of running.search.migrations.verify(index)) found.push({ index, ...one });
    return found;
  };

  beforeEach(async () => {
    await running.orm.em.fork().getConnection().execute(SEED);
    for (const index of INDICES) await running.search.migrations.repair(index);
    expect(await drift()).toEqual([]);
  }, 60_000);

  const expected = (
    before: Readonly<Record<string, readonly string[]>>,
    { gone, come }: { gone: object; come: object },
  ): Record<string, string[]> =>
    Object.fromEntries(
      INDICES.map((index) => {
        const without = ((gone as Record<string, unknown[]>)[index] ?? []).map(String);
        const more = ((come as Record<string, unknown[]>)[index] ?? []).map(String);
        return [index, [...before[index]!.filter((id) => !without.includes(id)), ...more].sort()];
      }),
    );

  it.each(Object.entries(GONE))('with %s lose their documents', async (_what, { remove, gone, come }) => {
    const before = await ids();
    const em = running.orm.em.fork();
    remove(em);
    await em.flush();
    expect(await ids()).toEqual(expected(before, { gone, come }));
    expect(await drift()).toEqual([]);
    expect(running.events).toEqual([]);
  });

  it('are reported by `touch` before a native delete, of an entity that no document holds', async () => {
    const before = await ids();
    await running.orm.em.fork().transactional(async (tx) => {
      await running.search.sync.touch(Company, 1, { em: tx, deleting: true });
      await tx.nativeDelete(Company, 1);
    });
    expect(await ids()).toEqual(expected(before, GONE['a row of no document']));
    expect(await drift()).toEqual([]);
  });

  it('keep them when the transaction is rolled back', async () => {
    const before = await ids();
    const em = running.orm.em.fork();
    const failed = em.transactional(async (tx) => {
      tx.remove(tx.getReference(Company, 1));
      await tx.flush();
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await ids()).toEqual(before);
  });

  it('are found over more pages than one', async () => {
    await running.orm.em
      .fork()
      .getConnection()
      .execute(
        `insert into letter (id, text, answers_id) select id, 'more', 5 from generate_series(1000, 2200) id;
         insert into tag (id, word, board_id, letter_id) select id, 'more', 2, id from generate_series(1000, 2200) id`,
      );
    for (const index of ['letters', 'boards']) await running.search.migrations.repair(index);
    const em = running.orm.em.fork();
    await em.remove(em.getReference(Letter, 5)).flush();
    await running.search.settled({ timeoutMs: 60_000 });
    expect(await drift()).toEqual([]);
    expect(await running.search.repository(Letter).query().count()).toBe(4);
  }, 60_000);
});
