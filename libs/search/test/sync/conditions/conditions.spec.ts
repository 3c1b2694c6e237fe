import type { EntityManager } from '@mikro-orm/core';
import { describeWith } from '@rookery/services';
import type { SyncMode } from '@rookery/search';
import { lastValueFrom } from 'rxjs';
import { SearchService } from '@rookery/search';
import { connectTo } from '../database.js';
import { byIndex, changeAndSettle, driftOf } from '../followed.js';
import { engineOf, startSearch, type Running } from '../running.js';
import { Country, EXPECTED, Product, ProductLater, Review, Seller, SHOP, SHOP_LATER, Tag } from './entities.js';

const INDICES = Object.keys(EXPECTED);

describeWith('postgres', 'conditions', () =>
  describeWith('opensearch', 'decide which rows have a document', () =>
    describe.each<SyncMode>(['outbox', 'after-commit'])('with %s', (sync) => {
      let running: Running;

      const sql = async (statement: string): Promise<{ id: number }[]> =>
        running.orm.em.fork().getConnection().execute(statement);
      const held = async (index: string): Promise<number[]> => {
        await running.engine.refresh(`${running.prefix}-${index}`);
        const { hits } = await running.engine.search({ index: `${running.prefix}-${index}`, body: { size: 100 } });
        return hits.hits.map(({ _id }) => Number(_id)).sort((a, b) => a - b);
      };
      const wanted = async (index: string): Promise<number[]> =>
        (await sql(`select id from product where ${EXPECTED[index]} order by id`)).map(({ id }) => id);
      const all = (of: (index: string) => Promise<number[]>) => byIndex(INDICES, of);
      const change = (make: (em: EntityManager) => unknown) => changeAndSettle(running, make);
      const drift = (index: string) => driftOf(running.search, index);
      const product = (em: EntityManager, id: number) => em.findOneOrFail(Product, id, { filters: false });
      const reviews = async (id: number) => {
        const source = (await running.search.repository(Product, 'reviewed').get(id))?.source as
          { reviews?: { text: string }[] } | undefined;
        return (source?.reviews ?? []).map(({ text }) => text).sort();
      };

      beforeAll(async () => {
        running = await startSearch(
          'postgres',
          { sync, ...(sync === 'outbox' ? { relay: { pollMs: 20, maxAttempts: 1 } } : {}) },
          SHOP,
        );
        await change((em) => {
          const [open, closed] = [em.create(Country, { id: 1 }), em.create(Country, { id: 2, open: false })];
          const sellers = [
            em.create(Seller, { id: 1, country: open }),
            em.create(Seller, { id: 2, country: open, active: false }),
            em.create(Seller, { id: 3, country: closed }),
            em.create(Seller, { id: 4, note: 'hidden' }),
          ];
          const [sale, plain] = [em.create(Tag, { id: 1, label: 'sale' }), em.create(Tag, { id: 2, label: 'plain' })];
          for (let id = 1; id <= 12; id += 1)
            em.create(Product, {
              id,
              title: 'x'.repeat(id),
              price: id * 10 - 8,
              deletedAt: id % 5 === 0 ? new Date(0) : null,
              seller: sellers[id % 4]!,
              tags: id % 3 === 0 ? [sale, plain] : [plain],
              reviews: [
                em.create(Review, { id: id * 10, text: 'fine', author: sellers[0]! } as never),
                em.create(Review, { id: id * 10 + 1, text: 'late', approved: false } as never),
              ],
            });
        });
      }, 60_000);
      afterAll(() => running.stop(), 60_000);

      it('at first', async () => expect(await all(held)).toEqual(await all(wanted)));

      it.each<[string, (em: EntityManager) => unknown]>([
        ['a soft delete', async (em) => ((await product(em, 1)).deletedAt = new Date())],
        ['a row brought back', async (em) => ((await product(em, 5)).deletedAt = null)],
        ['a price', async (em) => Object.assign(await product(em, 2), { price: 70 })],
        ['a price back', async (em) => Object.assign(await product(em, 2), { price: 3 })],
        ['a title', async (em) => Object.assign(await product(em, 3), { title: 'even' })],
        ['a seller who stops', async (em) => Object.assign(await em.findOneOrFail(Seller, 1), { active: false })],
        ['a seller who begins', async (em) => Object.assign(await em.findOneOrFail(Seller, 2), { active: true })],
        ['a country that opens', async (em) => Object.assign(await em.findOneOrFail(Country, 2), { open: true })],
        ['a country that closes', async (em) => Object.assign(await em.findOneOrFail(Country, 1), { open: false })],
        [
          'a seller who moves',
          async (em) => Object.assign(await em.findOneOrFail(Seller, 1), { country: em.getReference(Country, 2) }),
        ],
        ['a seller hidden', async (em) => Object.assign(await em.findOneOrFail(Seller, 3), { note: 'hidden' })],
        ['another seller', async (em) => ((await product(em, 7)).seller = em.getReference(Seller, 2))],
        ['a tag renamed', async (em) => Object.assign(await em.findOneOrFail(Tag, 2), { label: 'sales' })],
        ['a tag renamed back', async (em) => Object.assign(await em.findOneOrFail(Tag, 2), { label: 'plain' })],
        [
          'a tag put on',
          async (em) => {
            const one = await em.findOneOrFail(Product, 4, { populate: ['tags'], filters: false });
            one.tags.add(em.getReference(Tag, 1));
          },
        ],
        [
          'a tag taken off',
          async (em) => {
            const one = await em.findOneOrFail(Product, 3, { populate: ['tags'], filters: false });
            one.tags.removeAll();
          },
        ],
        [
          'a new row that fulfils none, and one that fulfils all',
          (em) => {
            em.create(Product, { id: 13, title: 'odd', price: 200, deletedAt: new Date(), seller: 4 });
            em.create(Product, { id: 14, title: 'even', price: 4, seller: 1 });
          },
        ],
        ['a row deleted', async (em) => em.remove(await product(em, 14))],
        [
          'an upsert',
          (em) => em.upsert(Product, { id: 6, title: 'upsert', price: 99, deletedAt: new Date(), seller: 3 }),
        ],
      ])('after %s', async (_what, make) => {
        await change(make);
        expect(await all(held)).toEqual(await all(wanted));
      });

      it('what a transaction that is rolled back changed counts for nothing', async () => {
        const em = running.orm.em.fork();
        await em
          .transactional(async (tx) => {
            (await product(tx, 8)).deletedAt = new Date();
            await tx.flush();
            throw new Error('rolled back');
          })
          .catch(() => undefined);
        await running.search.settled({ timeoutMs: 60_000 });
        expect(await all(held)).toEqual(await all(wanted));
      });

      it('verify finds what is there and should not be, repair mends it, whatever the condition is made of', async () => {
        await sql('update product set deleted_at = case when deleted_at is null then now() end, price = 73 - price');
        await sql("update product set title = title || '!'");
        await sql('update seller set active = not active');
        for (const index of INDICES) {
          expect(await drift(index)).not.toEqual([]);
          await running.search.migrations.repair(index);
          expect({ [index]: await held(index) }).toEqual({ [index]: await wanted(index) });
          expect(await drift(index)).toEqual([]);
        }
      }, 60_000);

      it('indexAll and index() go by them', async () => {
        for (const index of INDICES) {
          await running.search.recreateIndex(index);
          await running.search.repository(Product, index).indexAll({ pageSize: 5 });
          expect({ [index]: await held(index) }).toEqual({ [index]: await wanted(index) });
        }
        await sql('update product set deleted_at = now() where id in (2, 3)');
        const kept = running.search.repository(Product, 'kept');
        await kept.index([{ id: 2 } as Product, { id: 3 } as Product]);
        expect(await held('kept')).toEqual(await wanted('kept'));
        const { done, total } = await kept.indexAll();
        expect([done, total]).toEqual([(await wanted('kept')).length, (await wanted('kept')).length]);
        await running.orm.em.fork().transactional(async (em) => {
          await em.nativeUpdate(Product, { id: 2 }, { deletedAt: null }, { filters: false });
          await kept.index({ id: 2 } as Product, { em });
          await kept.index({ id: 3 } as Product, { em });
        });
        expect(await held('kept')).toEqual(await wanted('kept'));
      }, 60_000);

      it('what `when` throws refuses that document alone, and the index keeps what it had', async () => {
        await change(async (em) => {
          await em.nativeUpdate(Seller, {}, { note: null });
          Object.assign(await product(em, 9), { title: 'even' });
          Object.assign(await product(em, 10), { title: 'odd' });
        });
        expect(await held('judged')).toContain(9);
        await change(async (em) => {
          Object.assign(await product(em, 9), { title: 'not to be judged' });
          Object.assign(await product(em, 10), { title: 'even' });
        });
        expect(await held('judged')).toEqual(expect.arrayContaining([9, 10]));
        const reason = '@Indexed({ when }) of Product failed for document 9: the judge is away';
        expect(running.events).toContainEqual(
          expect.objectContaining({ type: 'documents-refused', index: `${running.prefix}-judged` }),
        );
        expect(await drift('judged')).toContainEqual({ key: 9, drift: 'unbuildable', reason });
        if (sync === 'outbox')
          expect(await running.search.deadLetters()).toMatchObject([
            { key: 9, reason: `SEARCH_HOOK_FAILED: ${reason}` },
          ]);
        await change(async (em) => Object.assign(await product(em, 9), { title: 'odd' }));
        expect(await held('judged')).not.toContain(9);
        expect(await drift('judged')).not.toContainEqual(expect.objectContaining({ key: 9 }));
      });

      it('filter what is embedded of a collection, and follow what the filter reads', async () => {
        expect(await reviews(1)).toEqual(['fine']);
        await change(async (em) => Object.assign(await em.findOneOrFail(Review, 11), { approved: true }));
        expect(await reviews(1)).toEqual(['fine', 'late']);
        await change(async (em) => Object.assign(await em.findOneOrFail(Seller, 1), { active: false }));
        const activeAgain = await reviews(1);
        await change(async (em) => Object.assign(await em.findOneOrFail(Seller, 1), { active: true }));
        expect([activeAgain, await reviews(1)]).toEqual([['late'], ['fine', 'late']]);
        await change(async (em) => Object.assign(await em.findOneOrFail(Review, 10), { approved: false }));
        expect(await reviews(1)).toEqual(['late']);
        expect(await drift('reviewed')).toEqual([]);
      });

      it('another condition is another model: plan says so, migrate fills an index that goes by it', async () => {
        const orm = await connectTo('postgres', running.dbName, SHOP_LATER);
        const later = new SearchService(orm, { engine: engineOf(), prefix: running.prefix, sync });
        try {
          const { action, differences } = await later.migrations.plan(ProductLater);
          expect(action).toBe('rebuild');
          expect(differences).toMatchObject([
            { path: 'condition', change: 'changed', live: 'where {"deletedAt":null}', additive: false },
          ]);
          const last = await lastValueFrom(later.migrations.migrate(ProductLater));
          expect(last.phase).toBe('swapped');
          const rows = await sql('select id from product where deleted_at is null and price < 50 order by id');
          expect(await held('kept')).toEqual(rows.map(({ id }) => id));
        } finally {
          await later.close();
          await orm.close(true);
        }
      }, 60_000);
    }),
  ),
);
