import { jest } from '@jest/globals';
import { describeWith } from '@rookery/services';
import { SearchQueryError, type SearchRepository } from '@rookery/search';
import { Address, Passage } from '../entities.js';
import { seed } from '../fixtures.js';
import { startSearch, type Running } from '../harness.js';

/** Real servers on a loaded machine: each wait has a deadline of its own. */
jest.setTimeout(30_000);

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'calls that do what they are asked', () => {
    let running: Running;
    const passages = (): SearchRepository<Passage> => running.search.repository(Passage);
    beforeAll(async () => {
      running = await startSearch({ sync: 'manual' });
      await seed(running.orm.em.fork());
      await passages().indexAll();
      await running.search.repository(Address).indexAll();
    }, 40_000);
    afterAll(() => running.stop(), 30_000);

    it.each<[string, (query: ReturnType<SearchRepository<Passage>['query']>) => unknown]>([
      ['no part at all', (query) => query],
      ['routing alone', (query) => query.options({ routing: 'a' })],
      ['an empty bool of its own', (query) => query.must(() => [])],
    ])('change no document by %s without { all: true }', async (_name, make) => {
      for (const started of [
        passages().deleteByQuery(make as never),
        passages().updateByQuery(make as never, { script: { source: 'ctx.op = "delete"' } }),
      ])
        await expect(started).rejects.toThrow(/needs a condition, or \{ all: true \}/);
      expect(await passages().count()).toBe(6);
    });

    it('refuse { all: true } beside a condition, and raw.query beside conditions', async () => {
      const both = passages().deleteByQuery((q) => q.filter((c) => c.ids(['1'])), { all: true });
      await expect(both).rejects.toThrow(SearchQueryError);
      const replaced = passages().deleteByQuery((q) => q.filter((c) => c.ids(['1'])).raw({ query: { match_all: {} } }));
      await expect(replaced).rejects.toThrow(/does not carry raw\.query beside/);
      expect(await passages().count()).toBe(6);
    });

    it('have no next cursor after a last page that is full, by cursor and by number', async () => {
      const order = (q: ReturnType<SearchRepository<Passage>['query']>) => q.sort('address.year');
      const [half, whole] = [
        await passages().paginate(order, { size: 3 }),
        await passages().paginate(order, { size: 6 }),
      ];
      expect(half.hits).toHaveLength(3);
      expect(whole).toMatchObject({ nextCursor: undefined, pageCount: 1, total: 6 });
      const rest = await passages().paginate(order, { size: 3, cursor: half.nextCursor! });
      expect(rest.hits).toHaveLength(3);
      expect(rest.nextCursor).toBeUndefined();
      expect((await passages().paginate(order, { size: 3, page: 2 })).nextCursor).toBeUndefined();
      expect((await passages().paginate(order, { size: 10_000 })).nextCursor).toBeUndefined();
      await expect(passages().paginate(order, { size: 0 })).rejects.toThrow('page.size must be a whole number of 1');
    });

    it.each([null, 'x', 1e300, true, {}])('refuse a cursor whose values were changed to %p', async (value) => {
      const { nextCursor } = await passages().paginate((q) => q.sort('address.year'), { size: 2 });
      const [of, , id] = JSON.parse(Buffer.from(nextCursor!, 'base64url').toString()) as unknown[];
      const cursor = Buffer.from(JSON.stringify([of, value, id])).toString('base64url');
      await expect(passages().paginate((q) => q.sort('address.year'), { size: 2, cursor })).rejects.toThrow(
        SearchQueryError,
      );
    });

    it('refuse a query where a clause stands, wherever that is', async () => {
      const query = passages().query();
      for (const made of [
        () => query.must(() => query as never).toBody(),
        () => query.must((q) => q.bool({ filter: [query as never] })).toBody(),
        () => query.filter((q) => q.constantScore(query as never)).toBody(),
        () => query.rescore(() => query as never).toBody(),
        () => query.aggregate(() => ({ x: query as never })).toBody(),
      ])
        expect(made).toThrow(SearchQueryError);
      const own: Record<string, unknown> = {};
      own['own'] = own;
      expect(() => query.must((q) => q.match('text', 'x', own))).toThrow(SearchQueryError);
      await expect(passages().searchMany([query, running.search.repository(Address).query()])).rejects.toThrow(
        /query of another repository/,
      );
    });
  }),
);
