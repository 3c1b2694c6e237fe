import { describeWith } from '@rookery/services';
import type { SearchHit } from '../src/search/search-answer.js';
import type { SimilarAddresses } from '../src/similar/similar.dto.js';
import type { Suggestions } from '../src/suggest/suggest.dto.js';
import { deleteIndices, type DemoUnderTest, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';
import { DemoClient } from './http.js';

describeWith('postgres', 'finding', (postgres) => {
  describeWith('opensearch', 'in the demo', (opensearch) => {
    let demo: DemoUnderTest;
    let client: DemoClient;

    beforeAll(async () => {
      demo = await startDemoUnderTest({
        ...ownEnvironment({ postgres, opensearch, memcached: '127.0.0.1:9' }),
        EXPORT_LIMIT: '100000/1h',
      });
      client = new DemoClient(demo.url);
    }, 60_000);

    afterAll(async () => {
      await demo?.remove();
      if (demo !== undefined) await deleteIndices(demo.env);
    });

    const total = async (parameters: Record<string, string>) => (await client.search(parameters)).body.total;
    const plain = ({ highlights }: SearchHit) =>
      highlights
        .join(' ')
        .replaceAll(/<\/?em>/g, '')
        .toLowerCase();

    it('reads q as words, as words like them, as a phrase, as words near each other, or as a query', async () => {
      expect(await total({ q: 'piblic dept' })).toBe(0);
      expect(await total({ q: 'piblic dept', mode: 'fuzzy' })).toBeGreaterThan(0);

      const words = await total({ q: 'debt public' });
      const phrase = (await client.search({ q: 'public debt', mode: 'phrase', size: '50' })).body;
      expect(phrase.total).toBeGreaterThan(0);
      expect(phrase.total).toBeLessThan(words);
      for (const hit of phrase.hits) expect(plain(hit)).toMatch(/public debts?/);
      expect(await total({ q: 'debt public', mode: 'phrase' })).toBe(0);
      const near = await total({ q: 'debt public', mode: 'near', distance: '4' });
      expect(near).toBeGreaterThanOrEqual(phrase.total);
      expect(near).toBeLessThanOrEqual(await total({ q: 'debt public', mode: 'near', distance: '50' }));

      expect(await total({ q: 'debt AND public', mode: 'query' })).toBe(words);
      expect(await total({ q: '(debt OR treaty) AND NOT public', mode: 'query' })).toBeGreaterThan(0);
    });

    it.each([
      '/.*/',
      'text:/d.*t/',
      'debt OR /a{1,9}/',
      '_seq_no:1',
      '_id:1',
      '_index:demo',
      'id:[1 TO 5]',
      'address.year:1790',
      'address.\\*:washington',
      'text.plain:debt',
      '_exists_:address.year',
      '*ebt',
      '?ebt',
    ])('refuses the query %s: regular expressions, leading wildcards and fields that are not offered', async (q) => {
      for (const path of ['/search', '/export']) {
        const { status, body } = await client.get(`${path}?${new URLSearchParams({ q, mode: 'query' }).toString()}`);
        expect([status, body.errors?.[0]?.parameter]).toEqual([400, 'q']);
        expect(body.detail).toContain(JSON.stringify(q));
      }
      // As words it is a text like any other.
      expect((await client.search({ q })).status).toBe(200);
    });

    it('charges an export for the years of the data that it covers, however far beyond them it reaches', async () => {
      const remaining = async (years: string) => {
        const response = await fetch(`${demo.url}/export?q=zyzzyva&${years}`);
        await response.text();
        return Number(/"export";r=(\d+)/.exec(response.headers.get('ratelimit')!)![1]);
      };
      const before = await remaining('from=1790&to=1790');
      const after = await remaining('to=2022');
      // What drains meanwhile is some tokens, far fewer than a whole export costs.
      expect(before - after).toBeGreaterThan(200);
      expect(before - after).toBeLessThanOrEqual(232);
    });

    it('asks whether another spelling was meant', async () => {
      const wrong = (await client.search({ q: 'public treasurry' })).body;
      expect([wrong.total, wrong.didYouMean]).toEqual([0, 'public treasury']);
      expect(await total({ q: wrong.didYouMean! })).toBeGreaterThan(0);
      expect((await client.search({ q: 'public treasury' })).body.didYouMean).toBeNull();
      expect((await client.search({})).body.didYouMean).toBeNull();
    });

    it('names the words that set the hits apart', async () => {
      expect((await client.search({ q: 'indians' })).body.facets.words).toEqual([]);
      const { facets } = (await client.search({ q: 'indians', words: 'true' })).body;
      expect(facets.words.length).toBeGreaterThan(2);
      expect(facets.words.map(({ word }) => word)).toContain('indians');
      for (const { count } of facets.words) expect(count).toBeGreaterThan(0);
    });

    it('goes on by cursor to the end, each hit once, in the order of pages', async () => {
      const query = { q: 'congress', size: '7' };
      const { total: all, hits: first, nextCursor } = (await client.search(query)).body;
      const ids = first.map(({ id }) => id);
      for (let cursor = nextCursor; cursor !== null;) {
        const { status, body } = await client.search({ ...query, cursor });
        expect([status, body.page, body.total]).toEqual([200, null, all]);
        ids.push(...body.hits.map(({ id }) => id));
        cursor = body.nextCursor;
      }
      expect(new Set(ids).size).toBe(all);
      expect(ids).toHaveLength(all);
      const second = (await client.search({ ...query, page: '2' })).body.hits.map(({ id }) => id);
      expect(ids.slice(7, 14)).toEqual(second);
    });

    it('answers 400 to a cursor that is none, is of another query, or was tampered with', async () => {
      const { nextCursor } = (await client.search({ q: 'congress', size: '7' })).body;
      const [print] = JSON.parse(Buffer.from(nextCursor!, 'base64url').toString()) as [string];
      const forged = (...sort: unknown[]) => Buffer.from(JSON.stringify([print, ...sort])).toString('base64url');
      for (const cursor of [
        'abc',
        'bm90IGpzb24',
        forged(),
        forged('x', 'y'),
        forged({ a: 1 }, []),
        forged(1, 2, 3, 4, 5),
      ]) {
        const { status, body } = await client.get(`/search?q=congress&size=7&cursor=${cursor}`);
        expect([cursor, status, body.errors?.[0]?.parameter]).toEqual([cursor, 400, 'cursor']);
      }
      expect((await client.get(`/search?q=treaty&size=7&cursor=${nextCursor}`)).status).toBe(400);
    });

    it('suggests presidents and addresses while one types', async () => {
      const suggest = async (q: string) => (await client.get<Suggestions>(`/suggest?q=${encodeURIComponent(q)}`)).body;
      expect((await suggest('wash')).presidents).toEqual([{ id: 1, name: 'George Washington', party: 'none' }]);
      expect((await suggest('th jeff')).presidents).toEqual([]);
      expect((await suggest('thomas jeff')).presidents.map(({ name }) => name)).toEqual(['Thomas Jefferson']);
      const { addresses } = await suggest('state of the union 180');
      expect(addresses).toHaveLength(5);
      for (const { year, title } of addresses) expect(title).toBe(`State of the Union ${year}`);
      expect(await suggest('zzz')).toEqual({ presidents: [], addresses: [] });
      expect((await client.get('/suggest')).status).toBe(400);
    });

    it('finds addresses about the same', async () => {
      const { status, body } = await client.get<SimilarAddresses>('/addresses/3/similar?size=4');
      expect(status).toBe(200);
      expect(body.hits).toHaveLength(4);
      expect(new Set(body.hits.map(({ address }) => address.id)).size).toBe(4);
      const longWords = (text: string) => new Set(text.toLowerCase().match(/[a-z]{7,}/g));
      const own = longWords((await client.address(3)).body.passages.map(({ text }) => text).join(' '));
      for (const { address, text } of body.hits) {
        expect(address.id).not.toBe(3);
        expect([...longWords(text)].filter((word) => own.has(word)).length).toBeGreaterThan(5);
      }
      const scores = body.hits.map(({ score }) => score!);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      expect((await client.get('/addresses/999/similar')).status).toBe(404);
    });

    it('exports all that matches as lines of JSON', async () => {
      const response = await fetch(`${demo.url}/export?q=congress&mode=phrase`);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
      const hits = (await response.text())
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as SearchHit);
      expect(hits).toHaveLength(await total({ q: 'congress', mode: 'phrase' }));
      for (const hit of hits) expect(plain(hit)).toMatch(/congress/);
      expect(await (await fetch(`${demo.url}/export?q=internet`)).text()).toBe('');
    });

    it('refuses an export that cannot begin by a problem document', async () => {
      const { status, headers } = await client.get('/export?q=(&mode=query');
      expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json']);
      expect((await client.get('/export?page=1')).status).toBe(400);
    });
  });
});
