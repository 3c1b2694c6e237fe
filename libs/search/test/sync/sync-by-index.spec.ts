import { MikroORM } from '@mikro-orm/postgresql';
import { describeWith } from '@rookery/services';
import type { EntityManager } from '@mikro-orm/core';
import {
  Indexed,
  SearchField,
  SearchModelError,
  SearchOptionError,
  SearchService,
  SearchTableMissingError,
  type EntityClass,
} from '@rookery/search';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { postgresConfig } from './database.js';
import { Harbour, Log, MIXED, Owner, Ship } from './entities-mixed.js';
import { engineOf, startSearch, until, type Running } from './running.js';

@Entity()
@Indexed({ sync: 'sometimes' as never })
class Undecided {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'text' }) name!: string;
}

describeWith('postgres', 'strategy by index', () =>
  describeWith('opensearch', 'side by side', () => {
    let running: Running;
    let em: EntityManager;
    beforeAll(
      async () => void (running = await startSearch('postgres', { sync: 'manual', relay: false }, MIXED)),
      60_000,
    );
    afterAll(() => running.stop(), 60_000);
    beforeEach(async () => {
      em = running.orm.em.fork();
      for (const entity of [Ship, Harbour, Log]) await em.nativeDelete(entity, {});
      await em.nativeDelete(Owner, {});
      await em.getConnection().execute('delete from search_outbox');
      const owner = em.create(Owner, { id: 1, name: 'Ann' });
      for (const entity of [Ship, Harbour, Log]) em.create(entity, { id: 1, name: 'first', owner });
      await em.flush();
    });

    const owner = async (entity: EntityClass) =>
      ((await running.search.repository(entity).get(1))?.source as { owner?: { name: string } } | undefined)?.owner
        ?.name;
    const rows = () =>
      em.getConnection().execute<Record<string, unknown>[]>('select index_alias, path from search_outbox order by id');
    const relayed = async (): Promise<void> => {
      const orm = await MikroORM.init({ ...postgresConfig(running.dbName), entities: MIXED as never });
      const relay = new SearchService(orm, {
        engine: engineOf(),
        prefix: running.prefix,
        sync: 'manual',
        relay: { pollMs: 20 },
      });
      await relay.start();
      await relay.settled();
      await relay.close();
      await orm.close(true);
    };

    it('writes rows for the durable index alone, publishes the other after its commit, and leaves the third', async () => {
      expect(await rows()).toEqual([{ index_alias: `${running.prefix}-ships`, path: '' }]);
      await until(async () => (await owner(Harbour)) === 'Ann');
      expect(await running.search.backlog()).toMatchObject({ pending: 1, deadLetters: 0 });
      expect(await owner(Ship)).toBeUndefined();
      await relayed();
      expect([await owner(Ship), await owner(Harbour), await owner(Log)]).toEqual(['Ann', 'Ann', undefined]);
      await running.search.repository(Log).index(await em.findOneOrFail(Log, 1));
      expect(await owner(Log)).toBe('Ann');
    });

    it('touches each index by its own strategy, and refuses a touch that only a manual one would hear', async () => {
      await em.transactional(async (tx) => {
        await tx.nativeUpdate(Owner, { id: 1 }, { name: 'Bob' });
        await running.search.sync.touch(Owner, 1, { em: tx });
      });
      expect(await rows()).toMatchObject([{ path: '' }, { index_alias: `${running.prefix}-ships`, path: 'owner' }]);
      await until(async () => (await owner(Harbour)) === 'Bob');
      await relayed();
      expect(await owner(Ship)).toBe('Bob');
      const manual = running.search.sync.touch(Log, 1);
      await expect(manual).rejects.toThrow("needs an index with sync: 'outbox' or 'after-commit' (got 'manual')");
    });

    it('verifies and repairs an index of any strategy', async () => {
      await running.search.repository(Log).indexAll();
      await em
        .getConnection()
        .execute(
          "update log set name = 'behind its back'; update harbour set name = 'behind its back'; update ship set name = 'behind its back'",
        );
      await relayed();
      for (const entity of [Harbour, Log])
        expect(await running.search.migrations.repair(entity)).toEqual({ missing: 0, orphaned: 0, outdated: 1 });
      for (const entity of [Harbour, Log])
        expect(await running.search.migrations.repair(entity)).toEqual({ missing: 0, orphaned: 0, outdated: 0 });
    });

    it('relays rows that a release wrote for which the index was durable', async () => {
      await em
        .getConnection()
        .execute(
          'insert into search_outbox (index_alias, path, row_key, created_at, attempts, available_at) values (?, ?, ?, 0, 0, 0)',
          [`${running.prefix}-harbours`, '', '1'],
        );
      await until(async () => (await owner(Harbour)) === 'Ann');
      await relayed();
      expect(await rows()).toEqual([]);
    });

    it('refuses what cannot go together, at the start', async () => {
      const open = (entities: readonly unknown[], more = {}) =>
        MikroORM.init({ ...postgresConfig('postgres'), entities: entities as never, ...more });
      const orms = await Promise.all([
        open([Undecided]),
        open([Owner, Ship, Harbour, Log]),
        open(MIXED, { implicitTransactions: false }),
        open([Owner, Log]),
      ]);
      const errorOf = (at: number, options = {}): unknown => {
        try {
          return new SearchService(orms[at]!, { engine: engineOf(), ...options });
        } catch (error) {
          return error;
        }
      };
      try {
        expect(errorOf(0)).toBeInstanceOf(SearchModelError);
        expect(String(errorOf(0))).toContain(
          "Undecided: has sync 'sometimes'. Set @Indexed({ sync }) to one of outbox, after-commit, manual",
        );
        expect(errorOf(1)).toBeInstanceOf(SearchTableMissingError);
        expect(errorOf(2)).toBeInstanceOf(SearchOptionError);
        expect(String(errorOf(2))).toContain("implicitTransactions must not be false with sync: 'outbox'");
        expect(String(errorOf(3, { relay: { pollMs: 20 } }))).toContain(
          "tunes a relay, and no index has sync: 'outbox'",
        );
      } finally {
        await Promise.all(orms.map((orm) => orm.close(true)));
      }
    });
  }),
);
