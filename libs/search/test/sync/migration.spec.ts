import { describeWith } from '@rookery/services';
import {
  SearchMigrationError,
  type SearchService,
  type EntityClass,
  type MigrationProgress,
  type SearchEngine,
  type SearchOptions,
} from '@rookery/search';
import { lastValueFrom, take, toArray } from 'rxjs';
import { Author, Book } from './entities.js';
import { BookPlain, BookPlus, BookRefusing, BookV2, PLAIN, PLUS, REFUSING, V2 } from './entities-v2.js';
import { driftOf } from './followed.js';
import { openRelease, type Release } from './releases.js';
import { engineOf, startSearch, until, type Running } from './running.js';

describeWith('postgres', 'migration', () =>
  describeWith('opensearch', 'of a living index', () => {
    let running: Running;
    const opened: (() => Promise<void>)[] = [];
    beforeEach(async () => {
      running = await startSearch('postgres', { relay: { pollMs: 20 } });
      const em = running.orm.em.fork();
      const ann = em.create(Author, { id: 1, name: 'Ann', note: 'sails' });
      for (let id = 1; id <= 60; id += 1)
        em.create(Book, { id, title: `the ship ${id}`, stock: id, author: id % 2 ? ann : null });
      await em.flush();
      await running.search.settled();
    }, 60_000);
    afterEach(async () => {
      for (const close of opened.splice(0)) await close();
      await running.stop();
    }, 60_000);

    const release = (entities: readonly unknown[], options: Partial<SearchOptions> = {}): Promise<Release> =>
      openRelease(running, opened, entities, { sync: 'outbox', relay: { pollMs: 20 }, ...options });

    const migrate = (search: SearchService, entity: EntityClass, options = {}): Promise<MigrationProgress[]> =>
      lastValueFrom(search.migrations.migrate(entity, { pageSize: 20, ...options }).pipe(toArray()));
    const liveIndices = async () =>
      (await running.engine.readIndices(`${running.prefix}-books`)).map(({ index }) => index);
    const indices = async () =>
      (await running.engine.readIndices(`${running.prefix}-books-v*`)).map(({ index }) => index).sort();

    it('plans: what differs, and why it needs a rebuild', async () => {
      const { search } = await release(V2);
      const plan = await search.migrations.plan(BookV2);
      expect(plan.action).toBe('rebuild');
      expect(plan.differences.map(({ path, change, additive }) => [path, change, additive])).toEqual(
        expect.arrayContaining([
          ['mappings.author.note', 'added', true],
          ['mappings.tags', 'removed', false],
          ['mappings.title', 'changed', false],
        ]),
      );
      expect(await running.search.migrations.plan(Book)).toMatchObject({ action: 'none', differences: [] });
    });

    it('refuses to start a model that does not fit, with the command to run', async () => {
      const { search } = await release(V2);
      await expect(search.start()).rejects.toThrow('search migrate books');
    });

    it('leaves changes to the old release before its migration, also where it creates no indices', async () => {
      const { search, orm, events } = await release(V2, { createIndices: false });
      await running.search.close();
      await search.start();
      const em = orm.em.fork();
      (await em.findOneOrFail(BookV2, 1)).title = 'too early';
      await em.flush();
      await until(() => events.some(({ type }) => type === 'publish-delayed'));
      expect(await search.backlog()).toMatchObject({ pending: 1, deadLetters: 0 });
      await migrate(search, BookV2);
      await search.settled({ timeoutMs: 20_000 });
      expect((await search.repository(BookV2).get(1))?.source.title).toBe('too early');
    }, 60_000);

    it.each([
      ['ids', ['3 outdated']],
      ['sample:60', []],
      ['contents', []],
    ] as const)('compares %s before the swap, and mends what it finds', async (verify, left) => {
      const engine = engineOf();
      const putSettings = engine.putSettings.bind(engine);
      // The comparison is what follows.
      engine.putSettings = async (index, settings, options) => {
        const writes = (await engine.readIndices(index))[0]!.aliases[0]!;
        await engine.update({ index: writes, id: '3', doc: { stock: 999 } });
        const { seqNo, primaryTerm } = (await engine.get(index, '4'))!;
        await engine.bulk([
          { action: 'delete', index: writes, id: '4', ifSeqNo: seqNo!, ifPrimaryTerm: primaryTerm! },
          { action: 'create', index: writes, id: '777', source: '{"stock":1}' },
        ]);
        return putSettings(index, settings, options);
      };
      const { search } = await release(V2, { engine });
      await migrate(search, BookV2, { verify });
      expect((await driftOf(search, BookV2)).map(({ key, drift: kind }) => `${String(key)} ${kind}`)).toEqual(left);
    });

    it('rebuilds beside the living index, swaps at one instant, writes both, and finishes', async () => {
      const { search, orm, events } = await release(V2);
      const progress = await migrate(search, BookV2);
      expect(progress.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['backfill', 'verify', 'swapped']));
      expect(progress.filter(({ phase }) => phase === 'backfill').map(({ done, total }) => `${done}/${total}`)).toEqual(
        ['20/60', '40/60', '60/60'],
      );
      const [old, young] = await indices();
      expect(await liveIndices()).toEqual([young]);
      expect(
        (
          await search
            .repository(BookV2)
            .query()
            .must((q) => q.match('title', 'vessel'))
            .search()
        ).hits.length,
      ).toBeGreaterThan(0);

      await search.start();
      const em = orm.em.fork();
      (await em.findOneOrFail(BookV2, 1)).title = 'changed after the swap';
      await em.remove(await em.findOneOrFail(BookV2, 2)).flush();
      await search.settled();
      for (const index of [old!, young!]) {
        expect((await running.engine.get(index, '1'))?.source).toMatchObject({ title: 'changed after the swap' });
        expect(await running.engine.get(index, '2')).toBeUndefined();
      }
      expect((await running.engine.get(old!, '1'))?.source).not.toHaveProperty('author.note');

      await search.migrations.finish(BookV2);
      expect(await indices()).toEqual([young]);
      expect(await driftOf(search, BookV2)).toEqual([]);
      expect(events.filter(({ type }) => type === 'shadow-refused')).toEqual([]);
      const [state] = await running.engine.readIndices(young!);
      expect(state!.settings).toMatchObject({ 'index.gc_deletes': '1h', 'index.auto_expand_replicas': '0-1' });
      expect(state!.settings).not.toHaveProperty(['index.refresh_interval']);
    }, 60_000);

    it('follows the changes of an old release that runs beside it', async () => {
      const { search } = await release(V2);
      const em = running.orm.em.fork();
      const migrating = migrate(search, BookV2, { maxDocumentsPerSecond: 60 });
      await until(async () => (await search.migrations.status(BookV2)).migration?.phase === 'backfill');
      (await em.findOneOrFail(Book, 1)).title = 'by the old release';
      await em.flush();
      await migrating;
      await search.settled({ timeoutMs: 20_000 });
      const [old, young] = await indices();
      for (const index of [old!, young!])
        expect((await running.engine.get(index, '1'))?.source).toMatchObject({ title: 'by the old release' });
      expect((await running.engine.get(young!, '1'))?.source).toMatchObject({ author: { note: 'sails' } });
    }, 60_000);

    it('relays what waits without a complaint, also where no other process has the new model', async () => {
      await running.search.drain();
      const em = running.orm.em.fork();
      (await em.findOneOrFail(Book, 1)).title = 'waits for a relay';
      await em.flush();
      const { search, events } = await release(V2, { relay: false });
      await migrate(search, BookV2);
      expect(events).toEqual([]);
      expect(await driftOf(search, BookV2)).toEqual([]);
    }, 60_000);

    it('lets the old release read by every call, while the index has the model of the new one', async () => {
      const { search } = await release(V2);
      await migrate(search, BookV2);
      const books = running.search.repository(Book);
      const ships = () => books.query().must((q) => q.match('title', 'ship'));
      expect((await ships().search()).total).toBe(60);
      expect((await books.searchMany([ships()]))[0].total).toBe(60);
      expect((await books.paginate((q) => q.sort('stock'), { size: 7 })).hits).toHaveLength(7);
      const streamed = [];
      for await (const { id } of books.stream()) streamed.push(id);
      expect(streamed).toHaveLength(60);
      expect((await books.getMany([1, 2])).map((found) => found?.id)).toEqual(['1', '2']);
      expect(await books.exists(1)).toBe(true);
      expect((await books.explain(1, (q) => q.must((c) => c.match('title', 'ship')))).matched).toBe(true);
      expect((await books.validate((q) => q)).valid).toBe(true);
      expect((await running.search.across([Book]).search((q) => q)).total).toBe(60);
      await books.closePointInTime(await books.openPointInTime());
    }, 60_000);

    it('refuses calls that would reach one of the two indices, until it is finished', async () => {
      const { search } = await release(V2);
      await migrate(search, BookV2);
      const young = search.repository(BookV2);
      const script = { source: 'ctx._source.stock = 7' };
      const calls = [
        () => young.update(1, { script }),
        () => young.updateByQuery((q) => q, { all: true, script }),
        () => young.deleteByQuery((q) => q, { all: true }),
      ];
      for (const call of calls) {
        const error = await (call() as Promise<unknown>).catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(SearchMigrationError);
        expect(String(error)).toMatch(
          /would reach one of its two indices: change the rows and call search\.sync\.touch/,
        );
      }
      await search.migrations.finish(BookV2);
      await (await young.updateByQuery((q) => q, { all: true, script, refresh: true })).done();
      expect((await young.get(1))?.source.stock).toBe(7);
    }, 60_000);

    it('gives the refresh of a whole index more time than a request', async () => {
      const deadlines: number[] = [];
      const [engine, plain] = [engineOf(), engineOf()];
      const refresh: SearchEngine['refresh'] = (index, options) => {
        deadlines.push(options?.timeoutMs ?? 0);
        return plain.refresh(index, options);
      };
      opened.push(() => plain.close());
      const { search } = await release(V2, { engine: Object.assign(engine, { refresh }) });
      await migrate(search, BookV2);
      expect(deadlines[0]).toBeGreaterThan(60_000);
    }, 60_000);

    it('goes on where a run was ended, and tells two runs apart', async () => {
      const { search } = await release(V2);
      await lastValueFrom(search.migrations.migrate(BookV2, { pageSize: 20 }).pipe(take(1)));
      await until(async () => (await search.migrations.status(BookV2)).migration?.owner === undefined);
      expect((await search.migrations.status(BookV2)).migration).toMatchObject({ phase: 'backfill', done: 20 });

      const other = await release(V2);
      const slow = migrate(search, BookV2, { maxDocumentsPerSecond: 40 });
      await until(async () => (await search.migrations.status(BookV2)).migration?.owner !== undefined);
      await expect(migrate(other.search, BookV2)).rejects.toThrow('is being migrated by');
      expect((await slow).filter(({ phase }) => phase === 'backfill').map(({ done }) => done)).toEqual([40, 60]);
      expect(await driftOf(search, BookV2)).toEqual([]);
    }, 60_000);

    it('rolls back: before the swap to nothing begun, after it to an index that is current', async () => {
      const { search, orm } = await release(V2);
      await lastValueFrom(search.migrations.migrate(BookV2, { pageSize: 20 }).pipe(take(1)));
      await until(async () => (await search.migrations.status(BookV2)).migration?.owner === undefined);
      const [old] = await indices();
      await search.migrations.rollback(BookV2);
      expect(await indices()).toEqual([old]);

      await migrate(search, BookV2);
      await search.start();
      const em = orm.em.fork();
      (await em.findOneOrFail(BookV2, 1)).title = 'while both were written';
      await em.flush();
      await search.settled();
      expect(await search.migrations.rollback(BookV2)).toEqual({ exact: true });
      expect(await liveIndices()).toEqual([old]);
      expect((await running.search.repository(Book).get(1))?.source.title).toBe('while both were written');
      const later = running.orm.em.fork();
      (await later.findOneOrFail(Book, 1)).title = 'by the old release again';
      await later.flush();
      await running.search.settled({ timeoutMs: 20_000 });
      expect((await running.search.repository(Book).get(1))?.source.title).toBe('by the old release again');
      await expect(search.migrations.rollback(BookV2)).rejects.toThrow('no migration to roll back');
    }, 60_000);

    it('fails before the swap when the new mapping refuses documents, and names them', async () => {
      const { search } = await release(REFUSING);
      const before = await indices();
      const error = await migrate(search, BookRefusing).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(SearchMigrationError);
      expect((error as SearchMigrationError).failures[0]).toMatchObject({ id: '1', type: 'mapper_parsing_exception' });
      expect(await indices()).toEqual(before);
      expect(await liveIndices()).toEqual(before);
      await running.search.settled();
    }, 60_000);

    it('puts an addition in place at the start, and fills it', async () => {
      const plain = await release(PLAIN);
      await plain.search.recreateIndex(BookPlain);
      await plain.search.repository(BookPlain).indexAll();
      const [index] = await indices();
      const plus = await release(PLUS);
      expect(await plus.search.migrations.plan(BookPlus)).toMatchObject({ action: 'additive' });
      await plus.search.start();
      await until(async () => (await plus.search.migrations.status(BookPlus)).migration?.phase === 'finished');
      expect(await indices()).toEqual([index]);
      await plus.search.repository(BookPlus).refresh();
      expect(
        await plus.search
          .repository(BookPlus)
          .query()
          .filter((q) => q.term('title.raw', 'the ship 7'))
          .count(),
      ).toBe(1);
      expect(await plus.search.migrations.plan(BookPlus)).toMatchObject({ action: 'none' });
    }, 60_000);

    it('migrates by itself when told so', async () => {
      const { search } = await release(V2, { whenModelChanges: 'migrate' });
      await search.start();
      await until(async () => (await search.migrations.status(BookV2)).migration?.phase === 'swapped');
      expect(await driftOf(search, BookV2)).toEqual([]);
    }, 60_000);

    it('finds missing, orphaned and outdated documents, and repairs exactly those', async () => {
      const connection = running.orm.em.fork().getConnection();
      await connection.execute("update book set title = 'behind its back' where id = 3");
      await connection.execute('delete from book where id = 4');
      await connection.execute("insert into book (id, title, stock) values (99, 'from nowhere', 0)");
      expect((await driftOf(running.search, Book)).sort((a, b) => Number(a.key) - Number(b.key))).toEqual([
        { key: 3, drift: 'outdated' },
        { key: 4, drift: 'orphaned' },
        { key: 99, drift: 'missing' },
      ]);
      expect(await running.search.migrations.repair(Book)).toEqual({ missing: 1, orphaned: 1, outdated: 1 });
      expect(await driftOf(running.search, Book)).toEqual([]);
    });

    it('reports an alias of two indices, and an index of its name', async () => {
      await running.engine.createIndex(`${running.prefix}-stray`, {
        settings: {},
        mappings: { dynamic: false, properties: {} },
        aliases: { [`${running.prefix}-books`]: {} },
      });
      await expect(running.search.migrations.plan(Book)).rejects.toThrow('several indices behind one alias');
      for (const index of [...(await liveIndices())]) await running.engine.deleteIndex(index);
      await running.engine.createIndex(`${running.prefix}-books`, {
        settings: {},
        mappings: { dynamic: false, properties: {} },
      });
      await expect(running.search.migrations.plan(Book)).rejects.toThrow('has the name that the alias needs');
    });
  }),
);
