import { describeWith } from '@rookery/services';
import {
  SearchBulkError,
  SearchMigrationError,
  type DriftedDocument,
  type SearchEvent,
  type SearchOptions,
  type SearchService,
} from '@rookery/search';
import { lastValueFrom } from 'rxjs';
import { dropIndices } from '../../left-behind.js';
import { driftOf } from '../followed.js';
import { openRelease, type Release } from '../releases.js';
import { engineOf, startSearch, until, uniquePrefix, type Running } from '../running.js';
import { Parcel, ParcelRebuilt, PARCELS, PARCELS_REBUILT } from './entities.js';
import { limitingProxy } from './limiting-proxy.js';

const BAD = 5;
const IDS = Array.from({ length: 12 }, (_, at) => at + 1);
const OTHERS = IDS.filter((id) => id !== BAD);

/** Each kind of bad row: how it comes about, what is reported of it, and whether its document is built and then refused. */
const KINDS: [kind: string, sql: string, reason: RegExp, by: 'engine' | 'row'][] = [
  ['cannot be read by the database', 'parts = 0', /division by zero/, 'row'],
  ['cannot be hydrated', "state = 'legacy'", /no state is called legacy/, 'row'],
  ['cannot be preloaded', "title = 'not to be preloaded'", /nothing to preload/, 'row'],
  ['cannot be converted', "title = 'weightless'", /weight/, 'row'],
  ['cannot be built by its hook', "title = 'not to be built'", /the hook throws/, 'row'],
  ['is refused by the mapping', "due = 'no date'", /failed to parse/, 'engine'],
  ['is too large for a proxy', "title = repeat('large ', 20000)", /413|Too Large/, 'engine'],
];

describeWith('postgres', 'a bad row', () =>
  describeWith('opensearch', 'is set aside, and the rest goes on', (openSearch) => {
    let proxy: Awaited<ReturnType<typeof limitingProxy>>;
    let running: Running;
    const opened: (() => Promise<void>)[] = [];
    beforeAll(async () => void (proxy = await limitingProxy(openSearch, 50_000)));
    afterAll(() => proxy.close());
    beforeEach(async () => {
      running = await startSearch(
        'postgres',
        { engine: engineOf(proxy.url), relay: { pollMs: 20, maxAttempts: 1 } },
        PARCELS,
      );
      const em = running.orm.em.fork();
      for (const id of IDS) em.create(Parcel, { id, title: 'first' });
      await em.flush();
      await running.search.settled();
    }, 60_000);
    afterEach(async () => {
      for (const close of opened.splice(0)) await close();
      await running.stop();
    }, 60_000);

    const sql = (statement: string) => running.orm.em.fork().getConnection().execute(statement);
    /** Behind everybody's back. */
    const change = async (title: string, bad: string): Promise<void> => {
      await sql(`update parcel set title = '${title}', state = 'new', parts = 1, due = null`);
      await sql(`update parcel set ${bad} where id = ${BAD}`);
    };
    const touch = (search: SearchService, orm = running.orm) =>
      orm.em.fork().transactional((em) => search.sync.touch(Parcel, IDS, { em }));
    /** Ids of documents with the title. */
    const titled = async (prefix: string, title: string): Promise<number[]> => {
      await running.engine.refresh(`${prefix}-parcels`);
      const body = { size: 100, query: { match_phrase: { title } } };
      const { hits } = await running.engine.search({ index: `${prefix}-parcels`, body });
      return hits.hits.map(({ _id }) => Number(_id)).sort((a, b) => a - b);
    };
    const another = (entities: readonly unknown[], options: Partial<SearchOptions>): Promise<Release> =>
      openRelease(running, opened, entities, { engine: engineOf(proxy.url), ...options });
    const refusedIn = (events: readonly SearchEvent[]) =>
      events.flatMap((event) => (event.type === 'documents-refused' ? event.failures : []));
    const parcelDrift = async (search: SearchService): Promise<DriftedDocument[]> =>
      (await driftOf(search, 'parcels')).sort((a, b) => Number(a.key) - Number(b.key));

    it.each(KINDS)(
      'that %s: outbox',
      async (_kind, bad, reason) => {
        await change('second', bad);
        await touch(running.search);
        await running.search.settled({ timeoutMs: 20_000 });
        expect(await titled(running.prefix, 'second')).toEqual(OTHERS);
        await until(async () => (await running.search.backlog()).deadLetters === 1);
        const [letter, ...more] = await running.search.deadLetters();
        expect(more).toEqual([]);
        expect(letter).toMatchObject({ key: BAD, path: '', reason: expect.stringMatching(reason) as string });
        expect(running.events.filter(({ type }) => type === 'publish-delayed')).toEqual([]);
      },
      60_000,
    );

    it.each(KINDS)(
      'that %s: after-commit',
      async (_kind, bad, reason) => {
        await running.search.drain();
        const prefix = uniquePrefix();
        const { orm, search, events } = await another(PARCELS, { sync: 'after-commit', prefix });
        opened.push(() => dropIndices(prefix));
        await search.start();
        await change('third', bad);
        await touch(search, orm);
        await search.settled({ timeoutMs: 20_000 });
        expect(await titled(prefix, 'third')).toEqual(OTHERS);
        expect(refusedIn(events)).toMatchObject([{ id: String(BAD), reason: expect.stringMatching(reason) as string }]);
      },
      60_000,
    );

    it.each(KINDS)(
      'that %s: indexAll',
      async (_kind, bad, reason) => {
        await change('fourth', bad);
        const error = await running.search
          .repository(Parcel)
          .indexAll({ pageSize: 4 })
          .catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(SearchBulkError);
        expect((error as SearchBulkError).failures).toMatchObject([
          { id: String(BAD), reason: expect.stringMatching(reason) as string },
        ]);
        expect(await titled(running.prefix, 'fourth')).toEqual(OTHERS);
      },
      60_000,
    );

    it.each(KINDS)(
      'that %s: backfill',
      async (_kind, bad, reason, by) => {
        await change('fifth', bad);
        const { search, events } = await another(PARCELS_REBUILT, { sync: 'outbox', relay: false });
        const migrating = lastValueFrom(search.migrations.migrate(ParcelRebuilt, { pageSize: 4 }));
        if (by === 'engine') {
          // The new mapping would lose what the old one has.
          const error = await migrating.catch((caught: unknown) => caught);
          expect(error).toBeInstanceOf(SearchMigrationError);
          expect((error as SearchMigrationError).failures.map(({ id }) => id)).toEqual([String(BAD)]);
          expect(await titled(running.prefix, 'first')).toEqual(IDS);
          return;
        }
        expect(await migrating).toMatchObject({ phase: 'swapped' });
        expect(await titled(running.prefix, 'fifth')).toEqual(OTHERS);
        expect(refusedIn(events)).toMatchObject([{ id: String(BAD), reason: expect.stringMatching(reason) as string }]);
      },
      60_000,
    );

    it.each(KINDS)(
      'that %s: verify and repair',
      async (_kind, bad, reason, by) => {
        await change('sixth', bad);
        const differing = await parcelDrift(running.search);
        expect(differing.map(({ key }) => key)).toEqual(IDS);
        const own = differing.find(({ key }) => key === BAD);
        if (by === 'engine') expect(own).toMatchObject({ drift: 'outdated' });
        else expect(own).toMatchObject({ drift: 'unbuildable', reason: expect.stringMatching(reason) as string });
        const error = await running.search.migrations.repair('parcels').catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(SearchBulkError);
        expect((error as SearchBulkError).failures.map(({ id }) => id)).toEqual([String(BAD)]);
        expect(await titled(running.prefix, 'sixth')).toEqual(OTHERS);
        expect((await parcelDrift(running.search)).map(({ key }) => key)).toEqual([BAD]);
      },
      60_000,
    );

    it('one of 2 MB among many of 100 KB, behind a proxy that refuses requests above 1 MB', async () => {
      const limited = await limitingProxy(openSearch, 1_000_000);
      opened.push(() => limited.close());
      const { search, orm, events } = await another(PARCELS, { sync: 'after-commit', engine: engineOf(limited.url) });
      await sql("update parcel set title = repeat('wide ', 20000)");
      await sql(`update parcel set title = repeat('wide ', 400000) where id = ${BAD}`);
      const error = await search
        .repository(Parcel)
        .indexAll()
        .catch((caught: unknown) => caught);
      expect((error as SearchBulkError).failures).toMatchObject([
        { id: String(BAD), reason: expect.stringMatching(/413/) as string },
      ]);
      expect(await titled(running.prefix, 'wide')).toEqual(OTHERS);
      await sql(`update parcel set state = 'second'`);
      await search.start();
      await touch(search, orm);
      await search.settled({ timeoutMs: 20_000 });
      expect(refusedIn(events)).toMatchObject([{ id: String(BAD), reason: expect.stringMatching(/413/) as string }]);
      const body = { size: 100, query: { term: { state: 'second' } } };
      await running.engine.refresh(`${running.prefix}-parcels`);
      const { hits } = await running.engine.search({ index: `${running.prefix}-parcels`, body });
      expect(hits.hits.map(({ _id }) => Number(_id)).sort((a, b) => a - b)).toEqual(OTHERS);
      expect(limited.refused).toBeGreaterThan(2);
    }, 60_000);

    it('refuses to migrate when more rows cannot be made into a document than it may lack', async () => {
      await change('seventh', 'parts = 0');
      await sql(`update parcel set state = 'legacy' where id = 6`);
      const { search } = await another(PARCELS_REBUILT, { sync: 'outbox', relay: false });
      const migrate = (options = {}) => lastValueFrom(search.migrations.migrate(ParcelRebuilt, options));
      const error = await migrate().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(SearchMigrationError);
      expect((error as SearchMigrationError).failures.map(({ id }) => id)).toEqual(['5', '6']);
      expect(await titled(running.prefix, 'first')).toEqual(IDS);
      expect(await migrate({ maxUnbuildable: 2 })).toMatchObject({ phase: 'swapped' });
    }, 60_000);

    it('waits, all of them, when the database lacks a column: no row is at fault', async () => {
      await sql('alter table parcel rename column due to later');
      await touch(running.search);
      await until(() => running.events.some(({ type }) => type === 'publish-delayed'));
      expect(await running.search.backlog()).toMatchObject({ pending: IDS.length, deadLetters: 0 });
      await sql('alter table parcel rename column later to due');
      await running.search.settled({ timeoutMs: 20_000 });
      expect(refusedIn(running.events)).toEqual([]);
    }, 60_000);

    it('one of 10,000 whose hook throws', async () => {
      await sql(
        "insert into parcel (id, title, state, parts) select id, 'many', 'new', 1 from generate_series(13, 10000) id",
      );
      await sql("update parcel set title = 'not to be built' where id = 7777");
      const error = await running.search
        .repository(Parcel)
        .indexAll()
        .catch((caught: unknown) => caught);
      expect((error as SearchBulkError).failures.map(({ id }) => id)).toEqual(['7777']);
      expect(await running.search.repository(Parcel).query().count()).toBe(9_999);
    }, 60_000);
  }),
);
