import { type Rel } from '@mikro-orm/core';
import { Entity, ManyToOne, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import {
  Indexed,
  SearchField,
  searchEntities,
  SearchBulkError,
  SearchMigrationError,
  SearchOptionError,
  SearchService,
} from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { lastValueFrom } from 'rxjs';
import { describeWith } from '@rookery/services';
import { OPENSEARCH_URL, startSearch, type Running } from './harness.js';

@Entity()
class Tenant {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
}

@Entity()
@Indexed<Ticket>({
  name: 'tickets',
  id: ({ code }) => `ticket:${code}`,
  routing: 'tenant',
  settings: { number_of_shards: 4 },
})
@Indexed<Ticket>({ name: 'tickets-by-code', id: 'code' })
@Indexed<Ticket>({
  name: 'tickets-by-state',
  routing: ({ state }) => (state === 'lost' ? '' : state),
  settings: { number_of_shards: 3 },
})
class Ticket {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) @Unique() code!: string;
  @Property({ type: 'string' }) state!: string;
  @SearchField() @Property({ type: 'text' }) title!: string;
  @SearchField({ include: ['name'] }) @ManyToOne(() => Tenant) tenant!: Rel<Tenant>;
}

const ENTITIES = [Tenant, Ticket, ...searchEntities] as never;

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'documents with an id and a routing of their own', () => {
    describe.each(['outbox', 'after-commit'] as const)('kept in step by %s', (sync) => {
      let running: Running;
      const index = (name: string) => running.search.repository(Ticket, name);
      /** All that an index holds, wherever it is: a document that was left behind shows. */
      const held = async (name: string) => {
        const found = [];
        for await (const { id, source } of index(name).stream()) found.push(`${id} ${source.title}`);
        return found.sort();
      };
      const drift = async (name: string) => {
        const found = [];
        for await (const one of running.search.migrations.verify(name)) found.push(one);
        return found;
      };

      beforeAll(async () => {
        running = await startSearch({ sync }, ENTITIES);
        const em = running.orm.em.fork();
        const tenants = [1, 2, 3, 4, 5].map((id) => em.create(Tenant, { id, name: `T${id}` }));
        for (let id = 1; id <= 6; id += 1)
          em.create(Ticket, { id, code: `c/${id} ü"`, state: 'open', title: `t${id}`, tenant: tenants[id % 5]! });
        await em.flush();
        await running.search.settled();
      }, 30_000);
      afterAll(() => running.stop(), 30_000);

      it('are found by that id, with their routing', async () => {
        expect(await index('tickets').get('c/1 ü"', { routing: '2' })).toMatchObject({
          id: 'ticket:c/1 ü"',
          routing: '2',
          source: { title: 't1', tenant: { name: 'T2' } },
        });
        expect(await index('tickets-by-code').get('c/1 ü"')).toMatchObject({ id: 'c/1 ü"' });
        expect(await index('tickets-by-state').get(1, { routing: 'open' })).toMatchObject({ id: '1', routing: 'open' });
        expect(
          (await index('tickets').getMany(['c/1 ü"', 'c/6 ü"', 'none'], { routing: '2' })).map(
            (document) => document?.id,
          ),
        ).toEqual(['ticket:c/1 ü"', 'ticket:c/6 ü"', undefined]);
        expect(await index('tickets').exists('c/1 ü"', { routing: '2' })).toBe(true);
        expect(
          await index('tickets').count((q) => q.options({ routing: '2' }).filter((c) => c.match('tenant.name', 'T2'))),
        ).toBe(2);
      });

      it('are not asked for without the routing', async () => {
        await expect(index('tickets').get('c/1 ü"')).rejects.toThrow(SearchOptionError);
        await expect(index('tickets').getMany(['c/1 ü"'])).rejects.toThrow(
          `getMany.routing is needed: ${running.search.indices[0]!.alias} is routed by tenant (got undefined)`,
        );
        await expect(index('tickets').update('c/1 ü"', { document: { title: 'x' } })).rejects.toThrow(
          'update.routing is needed',
        );
        await expect(index('tickets').bulk([{ action: 'index', id: 'x', document: { title: 'x' } }])).rejects.toThrow(
          'bulk[0].routing is needed',
        );
      });

      it('are updated, explained and streamed with it', async () => {
        await index('tickets').update('c/2 ü"', { document: { title: 'by hand' } }, { routing: '3', refresh: true });
        expect(await held('tickets')).toContain('ticket:c/2 ü" by hand');
        const streamed = [];
        for await (const { id } of index('tickets').stream((q) =>
          q.options({ routing: '3' }).filter((c) => c.match('title', 'hand')),
        ))
          streamed.push(id);
        expect(streamed).toEqual(['ticket:c/2 ü"']);
        expect(
          await index('tickets').explain('c/2 ü"', (q) => q.must((c) => c.match('title', 'hand')), { routing: '3' }),
        ).toMatchObject({ matched: true });
        await index('tickets').index(await running.orm.em.fork().findOneOrFail(Ticket, 2), { refresh: true });
        expect(await held('tickets')).toContain('ticket:c/2 ü" t2');
      });

      it('lead back to their rows', async () => {
        const page = await index('tickets').search((q) => q.sort('_doc'));
        const { entities, missing } = await index('tickets').hydrate(running.orm.em.fork(), [
          ...page.hits,
          { id: 'other' },
        ]);
        expect([entities.map(({ id }) => id).sort(), missing]).toEqual([[1, 2, 3, 4, 5, 6], ['other']]);
      });

      it('move with every change of routing, and leave nothing behind', async () => {
        const em = running.orm.em.fork();
        const ticket = await em.findOneOrFail(Ticket, 1);
        for (const tenant of [1, 3, 4, 5, 2, 1]) {
          ticket.tenant = em.getReference(Tenant, tenant);
          ticket.state = `state ${tenant}`;
          await em.flush();
          await running.search.settled();
          expect(await held('tickets')).toHaveLength(6);
          expect(await held('tickets-by-state')).toHaveLength(6);
          expect((await index('tickets').get('c/1 ü"', { routing: String(tenant) }))?.source).toEqual({
            title: 't1',
            tenant: { name: `T${tenant}` },
          });
        }
        expect([await drift('tickets'), await drift('tickets-by-state')]).toEqual([[], []]);
      });

      it('take another id when the column changes, also of a row that is not loaded', async () => {
        const em = running.orm.em.fork();
        const [first, reference] = [await em.findOneOrFail(Ticket, 1), em.getReference(Ticket, 2)];
        [first.code, reference.code] = ['new', 'c/1 ü"'];
        await em.flush();
        await running.search.settled();
        expect((await held('tickets')).slice(-6)).toEqual([
          'ticket:c/1 ü" t2',
          'ticket:c/3 ü" t3',
          'ticket:c/4 ü" t4',
          'ticket:c/5 ü" t5',
          'ticket:c/6 ü" t6',
          'ticket:new t1',
        ]);
        expect(await held('tickets-by-code')).toHaveLength(6);
      });

      it('go with their rows: loaded, not loaded, and deleted behind the ORM', async () => {
        const em = running.orm.em.fork();
        em.remove(await em.findOneOrFail(Ticket, 1));
        em.remove(em.getReference(Ticket, 2));
        await em.flush();
        await em.transactional(async (tx) => {
          await running.search.sync.touch(Ticket, 3, { em: tx, deleting: true });
          await tx.nativeDelete(Ticket, 3);
        });
        await running.search.settled();
        for (const name of ['tickets', 'tickets-by-code', 'tickets-by-state']) expect(await held(name)).toHaveLength(3);
      });

      it('are verified and repaired wherever they are', async () => {
        const em = running.orm.em.fork();
        await em.nativeUpdate(Ticket, 4, { tenant: 2 });
        await em.nativeDelete(Ticket, 5);
        await index('tickets').delete('c/6 ü"', { refresh: true });
        const byKey = ({ key: a }: { key: unknown }, { key: b }: { key: unknown }) =>
          String(a).localeCompare(String(b));
        expect((await drift('tickets')).sort(byKey)).toEqual([
          { key: 'c/4 ü"', drift: 'missing' },
          { key: 'c/4 ü"', drift: 'orphaned' },
          { key: 'c/5 ü"', drift: 'orphaned' },
          { key: 'c/6 ü"', drift: 'missing' },
        ]);
        await running.search.migrations.repair('tickets');
        await index('tickets').refresh();
        expect(await held('tickets')).toEqual(['ticket:c/4 ü" t4', 'ticket:c/6 ü" t6']);
        expect(await drift('tickets')).toEqual([]);
      });

      it('are filled by indexAll', async () => {
        await running.search.recreateIndex('tickets');
        expect(await index('tickets').indexAll()).toEqual({ done: 2, total: 2 });
        expect(await drift('tickets')).toEqual([]);
      });

      it('without a routing are refused alone', async () => {
        const em = running.orm.em.fork();
        await em.nativeUpdate(Ticket, 4, { state: 'lost' });
        const error = await index('tickets-by-state')
          .index(await em.find(Ticket, {}))
          .catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(SearchBulkError);
        expect((error as SearchBulkError).failures).toMatchObject([
          {
            id: '4',
            type: 'SEARCH_HOOK_FAILED',
            reason:
              '@Indexed({ routing }) of Ticket failed for document 4: it gave "", and has to give a text that is not empty',
          },
        ]);
      });
    });

    it('are never put under two rules in one index', async () => {
      const running = await startSearch({ sync: 'outbox' }, ENTITIES);
      const prefix = running.search.indices[0]!.alias.replace(/-tickets$/, '');
      const engine = openSearch({ node: OPENSEARCH_URL });
      const [live] = await engine.readIndices(`${prefix}-tickets-by-code`);
      await engine.putMapping(live!.index, { properties: {}, _meta: { rookery: { hash: 'older' } } });
      const restarted = new SearchService(running.orm, { engine, prefix, sync: 'outbox' });
      await expect(restarted.start()).rejects.toThrow('placement: undefined -> "id {code}" (needs a rebuild)');
      await expect(lastValueFrom(restarted.migrations.migrate('tickets-by-code'))).rejects.toThrow(
        SearchMigrationError,
      );
      await expect(lastValueFrom(restarted.migrations.migrate('tickets-by-code'))).rejects.toThrow(
        'has its documents under other ids or on other shards',
      );
      await restarted.close();
      await running.stop();
    }, 30_000);
  }),
);
