import type { EntityManager } from '@mikro-orm/core';
import { describeWith } from '@rookery/services';
import { SearchOptionError, type DocumentKey, type SyncMode } from '@rookery/search';
import { byIndex, changeAndSettle, driftOf } from '../followed.js';
import { startSearch, type Running } from '../running.js';
import { Account, Code, KEYED, Line, Order, Profile, Remark, Stock } from './entities.js';

/** Ids and contents of each index, in plain SQL: keys with ':' and '~' are escaped by '~'. */
const ESCAPED = "replace(replace(place, '~', '~~'), ':', '~:')";
const LINE_ID = `order_id || ':' || ${ESCAPED}`;
const AT = `to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24":"MI":"SS.MS"Z"')`;
const EXPECTED: Readonly<Record<string, string>> = {
  accounts: 'select code as id, name as text from account',
  profiles: `select account_code as id, motto || '/' || name as text from profile join account on code = account_code`,
  orders: `select id::text as id, note || '/' || coalesce((select string_agg(text, ',' order by text) from line where order_id = o.id), '') as text from "order" o`,
  lines: `select ${LINE_ID} as id, text || '/' || note as text from line join "order" o on o.id = order_id`,
  remarks: `select line_order_id || ':' || replace(replace(line_place, '~', '~~'), ':', '~:') || ':' || replace(${AT}, ':', '~:') as id, words || '/' || l.text || '/' || note as text
    from remark join line l on l.order_id = line_order_id and l.place = line_place join "order" o on o.id = l.order_id where not l.hidden`,
  stocks: `select 'stock-' || slug as id, amount || '/' || coalesce((select text from line where order_id = line_order_id and place = line_place), '') as text from stock`,
};
const INDICES = Object.keys(EXPECTED);

const ENTITY_OF: Readonly<Record<string, unknown>> = {
  accounts: Account,
  profiles: Profile,
  orders: Order,
  lines: Line,
  remarks: Remark,
  stocks: Stock,
};

/** Documents as the same text. */
const TEXTS: Readonly<Record<string, (source: never) => string>> = {
  accounts: ({ name }: { name: string }) => name,
  profiles: ({ motto, account }: { motto: string; account: { name: string } }) => `${motto}/${account.name}`,
  orders: ({ note, lines }: { note: string; lines: { text: string }[] }) =>
    `${note}/${lines
      .map(({ text }) => text)
      .sort()
      .join(',')}`,
  lines: ({ text, order }: { text: string; order: { note: string } }) => `${text}/${order.note}`,
  remarks: ({ words, line }: { words: string; line: { text: string; order: { note: string } } }) =>
    `${words}/${line.text}/${line.order.note}`,
  stocks: ({ amount, line }: { amount: number; line?: { text: string } | null }) => `${amount}/${line?.text ?? ''}`,
};

describeWith('postgres', 'keys', () =>
  describeWith('opensearch', 'of every kind', () =>
    describe.each<SyncMode>(['outbox', 'after-commit'])('with %s', (sync) => {
      let running: Running;
      const sql = async <R = { id: string; text: string }>(statement: string): Promise<R[]> =>
        running.orm.em.fork().getConnection().execute(statement);
      const held = async (index: string) => {
        await running.engine.refresh(`${running.prefix}-${index}`);
        const { hits } = await running.engine.search({ index: `${running.prefix}-${index}`, body: { size: 100 } });
        return Object.fromEntries(hits.hits.map(({ _id, _source }) => [_id, TEXTS[index]!(_source as never)]));
      };
      const wanted = async (index: string) =>
        Object.fromEntries((await sql(EXPECTED[index]!)).map(({ id, text }) => [id, text]));
      const all = (of: (index: string) => Promise<Record<string, string>>) => byIndex(INDICES, of);
      const change = (make: (em: EntityManager) => unknown) => changeAndSettle(running, make);
      const drift = (index: string) => driftOf(running.search, index);
      const line = (em: EntityManager, order: number, place: string) => em.findOneOrFail(Line, { order, place });

      beforeAll(async () => {
        running = await startSearch(
          'postgres',
          { sync, ...(sync === 'outbox' ? { relay: { pollMs: 20, maxAttempts: 1 } } : {}) },
          KEYED,
        );
        await change((em) => {
          const ann = em.create(Account, { code: new Code('a:1'), name: 'Ann' });
          em.create(Account, { code: new Code('b,2'), name: 'Bob' });
          em.create(Profile, { account: ann, motto: 'sail' });
          for (const id of [1, 2, 3]) {
            const order = em.create(Order, { id, note: `order ${id}` });
            for (const place of ['a', 'a:b', 'a~:b', '1', '1,2', '']) {
              const one = em.create(Line, { order, place, text: `line ${id} ${place}` });
              em.create(Remark, { line: one, at: new Date(id * 1000), words: `remark ${id} ${place}` });
            }
            em.create(Stock, {
              shop: id,
              part: 1,
              slug: `s:${id}`,
              amount: id,
              line: id > 2 ? null : ([id, 'a'] as never),
            });
          }
        });
      }, 60_000);
      afterAll(() => running.stop(), 60_000);

      it('at first, each row under an id of its own', async () => {
        expect(await all(held)).toEqual(await all(wanted));
        expect(Object.keys(await held('lines'))).toEqual(expect.arrayContaining(['1:a', '1:a~:b', '1:a~~~:b', '1:']));
      });

      it.each<[string, (em: EntityManager) => unknown]>([
        ['a line', async (em) => Object.assign(await line(em, 1, 'a:b'), { text: 'changed' })],
        ['an order', async (em) => Object.assign(await em.findOneOrFail(Order, 2), { note: 'changed' })],
        ['a line hidden', async (em) => Object.assign(await line(em, 1, 'a'), { hidden: true })],
        ['a line shown', async (em) => Object.assign(await line(em, 1, 'a'), { hidden: false })],
        [
          'an account',
          async (em) => Object.assign(await em.findOneOrFail(Account, { code: new Code('a:1') }), { name: 'Anna' }),
        ],
        ['a line upserted', (em) => em.upsert(Line, { order: 1, place: '1', text: 'upserted' })],
        ['a line upserted that is new', (em) => em.upsert(Line, { order: 1, place: 'new', text: 'new' })],
        [
          'lines upserted',
          (em) =>
            em.upsertMany(Line, [
              { order: 2, place: '1', text: 'up' },
              { order: 3, place: 'x:y', text: 'up' },
            ] as never),
        ],
        ['an order that gets another key', async (em) => Object.assign(await em.findOneOrFail(Order, 3), { id: 33 })],
        ['a line that gets another place', async (em) => Object.assign(await line(em, 2, 'a'), { place: 'moved' })],
        [
          'a line that moves',
          async (em) => Object.assign(await line(em, 2, 'a:b'), { order: em.getReference(Order, 1), place: 'm' }),
        ],
        [
          'a stock that gets another key',
          async (em) => Object.assign(await em.findOneOrFail(Stock, [2, 1] as never), { part: 7 }),
        ],
        [
          'a stock that gets another id',
          async (em) => Object.assign(await em.findOneOrFail(Stock, [1, 1] as never), { slug: 'other', shop: 9 }),
        ],
        [
          'an account that gets another key',
          async (em) =>
            Object.assign(await em.findOneOrFail(Account, { code: new Code('a:1') }), { code: new Code('b~3') }),
        ],
        ['a remark removed', async (em) => em.remove(await em.findOneOrFail(Remark, { words: 'remark 1 1' }))],
        [
          'a line removed with what hangs on it',
          async (em) => {
            const one = await line(em, 1, '1');
            await em.nativeDelete(Remark, { line: { order: 1, place: '1' } });
            em.remove(one);
          },
        ],
      ])('after %s', async (_what, make) => {
        await change(make);
        expect(await all(held)).toEqual(await all(wanted));
      });

      it('touch, get, exists, delete, bulk and index go by them', async () => {
        const lines = running.search.repository(Line);
        await sql("update line set text = 'touched' where order_id = 1");
        await running.search.sync.touch(Line, [1, 'a:b']);
        await running.search.sync.touch(Line, [
          [1, 'a'],
          [1, 'a~:b'],
        ]);
        await running.search.settled({ timeoutMs: 60_000 });
        const text = async (key: DocumentKey) => (await lines.get(key))?.source.text;
        expect([await text([1, 'a:b']), await text([1, 'a']), await text([1, 'a~:b'])]).toEqual(
          Array(3).fill('touched'),
        );
        await running.search.sync.touch(Line, { order: 1 });
        await running.search.settled({ timeoutMs: 60_000 });
        expect(await all(held)).toEqual(await all(wanted));
        await lines.delete([1, 'a']);
        await lines.delete([
          [1, 'a:b'],
          [1, ''],
        ]);
        expect([await lines.exists([1, 'a']), await lines.exists([1, 'a:b']), await lines.exists([1, 'a~:b'])]).toEqual(
          [false, false, true],
        );
        const em = running.orm.em.fork();
        await lines.index(await em.find(Line, {}));
        await lines.bulk([{ action: 'index', id: [1, 'by hand'], document: { text: 'by hand' } }], { refresh: true });
        const page = await lines
          .query()
          .filter((q) => q.match('text', 'hand'))
          .search();
        expect(page.hits.map(({ id }) => [id, lines.keyOf(id)])).toEqual([['1:by hand', [1, 'by hand']]]);
        expect(running.search.repository(Account).keyOf('a:1')).toBe('a:1');
        expect(
          (await running.search.repository(Order).query().search()).hits.map(
            ({ id }) => typeof running.search.repository(Order).keyOf(id),
          ),
        ).toEqual(['number', 'number', 'number']);
        await lines.delete([1, 'by hand']);
        const { entities } = await lines.hydrate(em, [{ id: '1:a~:b' }, { id: '1:gone' }]);
        expect(entities.map(({ place }) => place)).toEqual(['a:b']);
        expect(await all(held)).toEqual(await all(wanted));
      });

      it('verify and repair, page by page, whatever the key', async () => {
        await sql(
          "update line set text = text || '!'; update account set name = name || '!'; update profile set motto = 'new'; update remark set words = 'new'; update stock set amount = 5",
        );
        await sql(`delete from remark where line_place = '1,2'`);
        await sql(`insert into line values (1, '~', 'by hand', false)`);
        for (const index of INDICES) {
          const found = await drift(index);
          expect(found).not.toEqual([]);
          await running.search.migrations.repair(index);
          expect({ [index]: await held(index) }).toEqual({ [index]: await wanted(index) });
          expect(await drift(index)).toEqual([]);
        }
        await running.search.repository(Line).delete([1, '~']);
        expect(await drift('lines')).toEqual([{ key: [1, '~'], drift: 'missing' }]);
        await running.search.migrations.repair('lines');
      }, 60_000);

      it('indexAll goes on after each page', async () => {
        for (const index of INDICES) {
          await running.search.recreateIndex(index);
          const { done, total } = await running.search
            .repository(ENTITY_OF[index] as typeof Line)
            .indexAll({ pageSize: 2 });
          expect([index, done]).toEqual([index, total]);
          expect({ [index]: await held(index) }).toEqual({ [index]: await wanted(index) });
        }
      }, 60_000);

      it('a key too long for an id is refused for that row alone, by name', async () => {
        const long = 'x'.repeat(600);
        await change((em) => {
          em.create(Line, { order: em.getReference(Order, 1), place: long, text: 'long' });
          em.create(Line, { order: em.getReference(Order, 1), place: 'short', text: 'short' });
          em.create(Account, { code: new Code(long), name: 'long' });
        });
        expect(Object.keys(await held('lines'))).toContain('1:short');
        const message = /Line: `order`, `place` make an id of 602 bytes, and an engine holds 512 at most/;
        if (sync === 'outbox') {
          const letters = await running.search.deadLetters();
          expect(letters.map(({ alias, path }) => [alias.slice(running.prefix.length + 1), path]).sort()).toEqual([
            ['accounts', ''],
            ['lines', ''],
          ]);
          expect(letters.find(({ alias }) => alias.endsWith('lines'))!.reason).toMatch(message);
        } else
          expect(
            running.events.flatMap((event) => (event.type === 'documents-refused' ? event.failures : [])),
          ).toContainEqual(
            expect.objectContaining({ type: 'SEARCH_KEY_INVALID', reason: expect.stringMatching(message) as string }),
          );
        const lines = running.search.repository(Line);
        await expect(lines.get([1, long])).rejects.toThrow(message);
        expect(await drift('lines')).toEqual([expect.objectContaining({ drift: 'unbuildable' })]);
        await change(async (em) => em.remove(await line(em, 1, long)));
        expect(await drift('lines')).toEqual([]);
      });

      it('a scope that no row can have is refused, by name', async () => {
        const scope = { where: { order: 'no number' } };
        await expect(running.search.migrations.repair('lines', scope as never)).rejects.toBeInstanceOf(
          SearchOptionError,
        );
        expect((await running.search.migrations.repair('lines', { where: { order: 1 } })).orphaned).toBe(0);
      });

      it('a key that is none is refused, by its parts', async () => {
        const lines = running.search.repository(Line);
        await expect(lines.get([1])).rejects.toThrow('get key must be the key of a Line: [order, place] (got [1])');
        await expect(lines.get([1, null] as never)).rejects.toThrow(
          'get key must be the key of a Line: [order, place]',
        );
        await expect(lines.index({ order: { id: 1 } } as never)).rejects.toThrow(
          'index needs entities that have a key: this Line has no `place` yet',
        );
        await expect(running.search.repository(Order).get([1, 2])).rejects.toThrow('get key must be the key of a');
      });
    }),
  ),
);
