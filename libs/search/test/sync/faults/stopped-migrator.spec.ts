import { describeWith } from '@rookery/services';
import { MikroORM } from '@mikro-orm/postgresql';
import { SearchMigrationError, SearchService } from '@rookery/search';
import { lastValueFrom } from 'rxjs';
import { postgresConfig } from '../database.js';
import { Author, Book } from '../entities.js';
import { BookRefusing, BookV2, REFUSING, V2 } from '../entities-v2.js';
import { engineOf, startSearch, type Running } from '../running.js';
import { stoppable, type Stoppable } from './stoppable.js';

/** Every step of a migration of 12 rows in pages of 6, in order. */
const MIGRATE = [
  'createIndex 1',
  'updateAliases 1',
  'note backfill 1',
  'bulk 1',
  'bulk 2',
  'note a page 1',
  'note a page 2',
  'note drain 1',
  'note verify 1',
  'putSettings 1',
  'refresh 1',
  'updateAliases 2',
  'updateAliases 3',
  'note swapped 1',
];
/** The others write documents or a cursor: one way to be overtaken is enough. */
const DECIDING = MIGRATE.filter((step) => !/bulk|page|drain|verify|refresh/.test(step));
const ROLLBACK = ['updateAliases 1', 'updateAliases 2', 'note rolled-back 1', 'updateAliases 3'];
const FINISH = ['note finished 1', 'updateAliases 1'];
const REFUSED = [...MIGRATE.slice(0, 7), 'note rolled-back 1', 'updateAliases 2'];

/** What another process does meanwhile. */
const MEANWHILE = ['migrates', 'migrates and finishes', 'migrates and rolls back'] as const;
type Meanwhile = (typeof MEANWHILE)[number];

const pairs = (steps: readonly string[]): [string, Meanwhile][] =>
  steps.flatMap((step) => MEANWHILE.map((meanwhile): [string, Meanwhile] => [step, meanwhile]));

describeWith('postgres', 'a migrator that is stopped for longer than its lease', () =>
  describeWith('opensearch', 'and goes on', () => {
    let running: Running;
    let young: { orm: MikroORM; search: SearchService };
    let first: Stoppable | undefined;
    beforeEach(async () => {
      running = await startSearch('postgres', { relay: { pollMs: 20 } });
      const em = running.orm.em.fork();
      const ann = em.create(Author, { id: 1, name: 'Ann' });
      for (let id = 1; id <= 12; id += 1) em.create(Book, { id, title: `the ship ${id}`, stock: id, author: ann });
      await em.flush();
      await running.search.settled();
      await running.search.drain();
      const orm = await MikroORM.init({ ...postgresConfig(running.dbName), entities: V2 as never });
      young = {
        orm,
        search: new SearchService(orm, {
          engine: engineOf(),
          prefix: running.prefix,
          sync: 'outbox',
          relay: { pollMs: 20 },
          createIndices: false,
        }),
      };
    }, 60_000);
    afterEach(async () => {
      await first?.close();
      first = undefined;
      await young.search.close();
      await young.orm.close(true);
      await running.stop();
    }, 60_000);

    const start = async (entities: readonly unknown[], stopBefore?: string): Promise<Stoppable> =>
      (first = await stoppable(running, entities, stopBefore));
    const migrate = (search: SearchService, entity: new () => object = BookV2) =>
      lastValueFrom(search.migrations.migrate(entity, { pageSize: 6 }));
    const takeOver = () => running.orm.em.fork().getConnection().execute('update search_migration set owned_until = 0');

    /** Another process goes on, and rows change. */
    async function goOnElsewhere(meanwhile: Meanwhile): Promise<void> {
      await takeOver();
      await migrate(young.search);
      await young.search.start();
      const em = young.orm.em.fork();
      (await em.findOneOrFail(BookV2, 3)).title = 'changed meanwhile';
      em.remove(await em.findOneOrFail(BookV2, 4));
      await em.flush();
      await young.search.settled();
      if (meanwhile === 'migrates and finishes') await young.search.migrations.finish(BookV2);
      if (meanwhile === 'migrates and rolls back') await young.search.migrations.rollback(BookV2);
    }

    /** All that anyone can see: the alias, the noted indices with their documents, and the note itself. */
    async function seen() {
      const { engine, prefix } = running;
      const alias = `${prefix}-books`;
      const [row] = await running.orm.em
        .fork()
        .getConnection()
        .execute<{ phase: string; old_index: string; new_index: string }[]>(
          'select phase, old_index, new_index from search_migration',
        );
      const holders = (await engine.readIndices(alias)).map(({ index }) => index);
      const names = [...new Set([...holders, row?.old_index ?? '', row?.new_index ?? ''])].filter(Boolean).sort();
      const indices: Record<string, unknown> = {};
      for (const name of names) {
        if ((await engine.readIndices(name)).length === 0) continue;
        await engine.refresh(name);
        const { hits } = await engine.search({ index: name, body: { size: 100, sort: ['_doc'] } });
        indices[name] = hits.hits.map(({ _id, _source }) => [_id, _source]).sort(([a], [b]) => Number(a) - Number(b));
      }
      return { row, holders, indices };
    }

    /** Stopped before `step`, overtaken, then let go. @returns how it ended */
    async function overtaken(act: () => Promise<unknown>, process: Stoppable, meanwhile: () => Promise<void>) {
      const ended = act().then(
        () => undefined,
        (error: unknown) => error,
      );
      await process.stopped;
      await meanwhile();
      const before = await seen();
      expect(before.holders).toHaveLength(1);
      process.goOn();
      const error = await ended;
      expect(await seen()).toEqual(before);
      return error;
    }

    it('passes these steps', async () => {
      const migrating = await start(V2);
      await migrate(migrating.search);
      expect([...migrating.passed].sort()).toEqual([...MIGRATE].sort());
      migrating.passed.length = 0;
      await migrating.search.migrations.rollback(BookV2);
      expect(migrating.passed.map((step) => step.split(' ')[0])).toEqual([
        'updateAliases',
        'updateAliases',
        'note',
        'updateAliases',
      ]);
      await migrating.close();
      const finishing = await start(V2);
      await migrate(young.search);
      await finishing.search.migrations.finish(BookV2);
      expect(finishing.passed).toEqual(FINISH);
      await finishing.close();
    }, 60_000);

    it.each([
      ...pairs(DECIDING),
      ...MIGRATE.filter((step) => !DECIDING.includes(step)).map((step): [string, Meanwhile] => [
        step,
        'migrates and finishes',
      ]),
    ])(
      'changes nothing when it was stopped before `%s` and another one %s',
      async (step, meanwhile) => {
        const process = await start(V2, step);
        const error = await overtaken(
          () => migrate(process.search),
          process,
          () => goOnElsewhere(meanwhile),
        );
        expect(error).toBeInstanceOf(SearchMigrationError);
      },
      60_000,
    );

    it.each(pairs(ROLLBACK))(
      'changes nothing when its rollback was stopped before `%s` and another one %s',
      async (step, meanwhile) => {
        await migrate(young.search);
        const process = await start(V2, step);
        await overtaken(
          () => process.search.migrations.rollback(BookV2),
          process,
          () => goOnElsewhere(meanwhile),
        );
      },
      60_000,
    );

    it.each(MEANWHILE)(
      'changes nothing when its finish was stopped before it was noted and another one %s',
      async (meanwhile) => {
        await migrate(young.search);
        const process = await start(V2, FINISH[0]);
        const error = await overtaken(
          () => process.search.migrations.finish(BookV2),
          process,
          () => goOnElsewhere(meanwhile),
        );
        expect(error).toBeInstanceOf(SearchMigrationError);
      },
      60_000,
    );

    it('leaves what is searched alone when its finish was stopped before it deletes', async () => {
      await migrate(young.search);
      const process = await start(V2, FINISH[1]);
      const ended = process.search.migrations.finish(BookV2);
      await process.stopped;
      await takeOver();
      const { row, holders, indices } = await seen();
      expect(row?.phase).toBe('finished');
      process.goOn();
      await ended;
      expect(await seen()).toEqual({ row, holders, indices: { [holders[0]!]: indices[holders[0]!] } });
    }, 60_000);

    it.each(REFUSED)(
      'changes nothing when its mapping refuses rows and it was stopped before `%s`',
      async (step) => {
        const process = await start(REFUSING, step);
        const error = await overtaken(
          () => migrate(process.search, BookRefusing),
          process,
          async () => {
            await takeOver();
            const { migration } = await young.search.migrations.status(BookV2);
            if (migration?.phase === 'backfill') {
              const other = await stoppable(running, REFUSING);
              await other.search.migrations.rollback(BookRefusing);
              await other.close();
            }
            await migrate(young.search);
          },
        );
        expect(error).toBeInstanceOf(SearchMigrationError);
      },
      60_000,
    );
  }),
);
