import type { EntityManager } from '@mikro-orm/core';
import type { EntityClass, SyncMode } from '@rookery/search';
import { comparable } from '../relations/oracle.js';
import { startSearch, type Running } from '../sync/running.js';
import { Animal, Book, DirectorsCut, Dog, ENTITIES, Film, Media, Visit } from './entities.js';
import { CHANGES, inDatabase, ORACLE, SEED } from './matrix.js';

const INDICES: Readonly<Record<string, EntityClass>> = {
  media: Media,
  books: Book,
  animals: Animal,
  dogs: Dog,
  visits: Visit,
};

/** Of the seed, and what changes create. */
const KEYS = [1, 2, 3, 4, 9];

describe.each<[SyncMode]>([['outbox'], ['after-commit']])('with %s', (sync) => {
  let running: Running;
  let em: EntityManager;
  beforeAll(async () => void (running = await startSearch('postgres', { sync }, ENTITIES)), 60_000);
  afterAll(() => running.stop(), 30_000);

  const documents = async (): Promise<object> => {
    await running.search.settled({ refresh: false, timeoutMs: 60_000 });
    const found = Object.entries(INDICES).map(async ([name, entity]) => {
      const all = await running.search.repository(entity).getMany(KEYS);
      return [name, all.flatMap((one) => (one ? [[one.id, comparable(one.source)]] : []))] as const;
    });
    return Object.fromEntries(await Promise.all(found));
  };
  const expected = async (): Promise<object> => {
    const found = Object.entries(ORACLE).map(async ([name, sql]) => {
      const rows = await inDatabase(running.orm, `${sql} order by 1`);
      return [name, rows.map(({ id, document }) => [String(id), comparable(document)])] as const;
    });
    return Object.fromEntries(await Promise.all(found));
  };
  const drift = async (): Promise<unknown[]> => {
    const all: unknown[] = [];
    for (const entity of Object.values(INDICES))
      for await (const one of running.search.migrations.verify(entity)) all.push(one);
    return all;
  };

  beforeEach(async () => {
    await running.orm.em.fork().getConnection().execute(SEED);
    for (const entity of Object.values(INDICES))
      await running.search.sync.touch(entity, KEYS, { em: running.orm.em.fork() });
    await running.search.settled({ refresh: false, timeoutMs: 60_000 });
    running.events.length = 0;
    em = running.orm.em.fork();
  }, 30_000);

  it('fills indices with what the database holds', async () => {
    expect(await documents()).toEqual(await expected());
    for (const entity of Object.values(INDICES)) await running.search.recreateIndex(entity);
    for (const entity of Object.values(INDICES)) await running.search.repository(entity).indexAll({ pageSize: 2 });
    expect(await documents()).toEqual(await expected());
    expect(await drift()).toEqual([]);
  }, 30_000);

  it('distinguishes hits by their classes, and gives entities of them', async () => {
    const media = running.search.repository(Media);
    await media.refresh();
    const { hits } = await media.query().search();
    const sorted = [...hits].sort((a, b) => Number(a.id) - Number(b.id));
    expect(sorted.map((hit) => [hit.is(Media), hit.is(Book), hit.is(Film), hit.is(DirectorsCut)])).toEqual([
      [true, true, false, false],
      [true, false, true, false],
      [true, false, true, true],
    ]);
    const book = sorted[0]!;
    expect(book.is(Book) ? book.source.pages : undefined).toBe(10);
    const { entities } = await media.hydrate(em, sorted);
    expect(entities.map((entity) => entity.constructor)).toEqual([Book, Film, DirectorsCut]);
    const bare = await media.query().source(false).search();
    expect(() => bare.hits[0]!.is(Book)).toThrow(/came without its field `kind`/);
  }, 15_000);

  it('sets a row aside whose discriminator is of no class', async () => {
    await em.getConnection().execute(
      `alter table media drop constraint if exists media_kind_check;
       insert into media (id, title, kind) values (4, 'odd', 'map'); update media set title = 'changed' where id = 1`,
    );
    await running.search.sync.touch(Media, [1, 4], { em });
    expect(await documents()).toEqual(await expected());
    expect(await drift()).toEqual([
      { key: 4, drift: 'unbuildable', reason: expect.stringContaining('must be one of') as string },
    ]);
  }, 15_000);

  describe.each(Object.entries(CHANGES))('follows %s:', (_construct, changes) => {
    it.each(Object.entries(changes))(
      '%s',
      async (_kind, change) => {
        const before = await expected();
        await change({ em, search: running.search });
        const after = await expected();
        expect(after).not.toEqual(before);
        expect(await documents()).toEqual(after);
        expect(running.events).toEqual([]);
      },
      15_000,
    );
  });
});
