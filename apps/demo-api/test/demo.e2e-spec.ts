import { describeWith } from '@rookery/services';
import { DemoClient, type Health } from './http.js';
import {
  deleteIndices,
  type DemoUnderTest,
  LOADED_ADDRESSES,
  ownEnvironment,
  startDemoUnderTest,
} from './demo-under-test.js';
import { until } from './until.js';

describeWith('postgres', 'the demo', (postgres) => {
  describeWith('opensearch', 'with OpenSearch', (opensearch) => {
    describeWith('memcached', 'and memcached', (memcached) => {
      let demo: DemoUnderTest;
      let client: DemoClient;

      beforeAll(async () => {
        demo = await startDemoUnderTest(ownEnvironment({ postgres, opensearch, memcached }));
        client = new DemoClient(demo.url);
      }, 60_000);

      afterAll(async () => {
        await demo?.remove();
        if (demo !== undefined) await deleteIndices(demo.env);
      });

      it('shows its progress while it loads and indexes', () => {
        expect(demo.printed).toContain(`Loading addresses: 100% (${LOADED_ADDRESSES} of ${LOADED_ADDRESSES})\n`);
        expect(demo.printed).toMatch(/Indexing passages: 100% \((\d+) of \1\)\n/);
      });

      it('finds passages, marks the words found, and counts them by party and decade', async () => {
        const { status, body } = await client.search({ q: 'public debt', size: '50' });
        expect(status).toBe(200);
        expect(body.total).toBeGreaterThan(5);
        expect(body.hits).toHaveLength(Math.min(body.total, 50));
        for (const hit of body.hits) {
          expect(hit.highlights.join(' ')).toMatch(/<em>debts?<\/em>/i);
          expect(hit.score).toBeGreaterThan(0);
        }
        const sum = (counts: { count: number }[]) => counts.reduce((total, { count }) => total + count, 0);
        expect(sum(body.facets.party)).toBe(body.total);
        expect(sum(body.facets.decade)).toBe(body.total);
        expect(body.facets.party.map(({ party }) => party).sort()).toEqual([
          'Democratic-Republican',
          'Federalist',
          'none',
        ]);
        expect(body.facets.decade.map(({ decade }) => decade)).toEqual(['1790s', '1800s']);
      });

      it('orders by relevance when there are words, else by time', async () => {
        const byScore = (await client.search({ q: 'treaty', size: '50' })).body.hits.map(({ score }) => score ?? NaN);
        expect(byScore).toEqual([...byScore].sort((a, b) => b - a));
        const first = (await client.search({})).body.hits[0];
        expect(first).toMatchObject({
          id: 1,
          score: null,
          highlights: [],
          address: { id: 1, year: 1790 },
          president: { name: 'George Washington' },
        });
      });

      it('filters by president, party and years', async () => {
        const jefferson = (await client.search({ president: 'jefferson', from: '1803', to: '1804', size: '50' })).body;
        expect(jefferson.total).toBeGreaterThan(0);
        for (const { address, president } of jefferson.hits) {
          expect(president.name).toBe('Thomas Jefferson');
          expect([1803, 1804]).toContain(address.year);
        }
        const federalist = (await client.search({ party: 'Federalist' })).body;
        expect(federalist.facets.party).toEqual([{ party: 'Federalist', count: federalist.total }]);
        expect((await client.search({ q: 'internet' })).body).toMatchObject({
          total: 0,
          pages: 0,
          hits: [],
          facets: { party: [], decade: [], president: [], year: [], words: [] },
        });
      });

      it('filters by several presidents and parties, and counts in wide facets what else there is', async () => {
        const everything = (await client.search({ facets: 'wide' })).body;
        const { party, president, year, decade } = everything.facets;
        expect(president.map(({ id, name }) => [id, name]).sort()).toEqual([
          [1, 'George Washington'],
          [2, 'John Adams'],
          [3, 'Thomas Jefferson'],
          [4, 'James Madison'],
        ]);
        for (const counts of [party, president, year, decade])
          expect((counts as { count: number }[]).reduce((sum, { count }) => sum + count, 0)).toBe(everything.total);

        const chosen = (
          await client.search([
            ['facets', 'wide'],
            ['party', 'none'],
            ['party', 'Federalist'],
            ['presidentId', '2'],
            ['presidentId', '3'],
            ['from', '1797'],
          ])
        ).body;
        expect(new Set(chosen.hits.map(({ president: { name } }) => name))).toEqual(new Set(['John Adams']));
        const narrowed = async (without: Record<string, string>) => (await client.search(without)).body;
        // Each facet counts as if it had no filter of its own.
        const ofParties = await narrowed({ presidentId: '2', from: '1797' });
        expect(chosen.facets.party.find((each) => each.party === 'Federalist')!.count).toBe(ofParties.total);
        expect(chosen.facets.party.map((each) => each.party).sort()).toEqual(['Democratic-Republican', 'Federalist']);
        expect(chosen.facets.president.map(({ name }) => name)).toEqual(['John Adams']);
        const ofYears = await narrowed({ presidentId: '2', party: 'Federalist' });
        expect(chosen.facets.year.reduce((sum, { count }) => sum + count, 0)).toBe(ofYears.total);
      });

      it('pages through all hits, each once', async () => {
        const { total, pages } = (await client.search({ q: 'congress', size: '7' })).body;
        const ids: number[] = [];
        for (let page = 1; page <= pages; page += 1) {
          ids.push(
            ...(await client.search({ q: 'congress', size: '7', page: String(page) })).body.hits.map(({ id }) => id),
          );
        }
        expect(new Set(ids).size).toBe(total);
        expect(ids).toHaveLength(total);
        expect((await client.search({ q: 'congress', page: '200', size: '50' })).body).toMatchObject({
          total,
          hits: [],
        });
      });

      it('answers an address from PostgreSQL, then from the herd', async () => {
        const [miss, hit] = [await client.address(3), await client.cachedAddress(3)];
        expect([miss.status, miss.headers.get('x-cache')]).toEqual([200, 'MISS']);
        expect(hit.status).toBe(200);
        expect(hit.body).toEqual(miss.body);
        expect(miss.body).toMatchObject({ id: 3, year: 1792, president: { id: 1, name: 'George Washington' } });
        expect(miss.body.passages.length).toBeGreaterThan(10);
      });

      it('shows a changed president in the address at once, and in search soon', async () => {
        const before = (await client.search({ president: 'Adams' })).body;
        expect(before.facets.party).toEqual([{ party: 'Federalist', count: before.total }]);
        const { id } = before.hits[0]!.president;
        const address = before.hits[0]!.address.id;
        await client.cachedAddress(address);

        const changed = await client.change(id, { party: 'Whig', name: 'John Quincy' });
        expect(changed).toMatchObject({ status: 200, body: { id, party: 'Whig', name: 'John Quincy' } });
        const after = await client.address(address);
        expect(after.headers.get('x-cache')).toBe('MISS');
        expect(after.body.president).toEqual({ id, party: 'Whig', name: 'John Quincy' });

        const found = await until(
          () => client.search({ party: 'Whig', size: '50' }),
          ({ body }) => body.total === before.total,
        );
        expect(found.body.hits[0]!.president).toEqual({ id, party: 'Whig', name: 'John Quincy' });
        expect((await client.search({ party: 'Federalist' })).body.total).toBe(0);
        expect((await client.search({ president: 'Adams' })).body.total).toBe(0);
      });

      it.each([
        [
          '/search?colour=red',
          'colour',
          'colour is not a parameter of this route; it accepts cursor, distance, facets, from, mode, page, party, president, presidentId, q, size, to, words',
        ],
        ['/search?party=Green', 'party', 'party must be one of Democratic, Democratic-Republican, Federalist'],
        ['/search?from=1900&to=1800', 'to', 'to must not be before from'],
        ['/search?q=a&q=b', 'q', 'q must be given once'],
        ['/search?page=0', 'page', 'page must be a whole number from 1 to 200 (got 0)'],
        ['/addresses/one', 'id', 'id must be a whole number from 1 to 999999999 (got "one")'],
      ])('answers 400 to %s and names the parameter', async (path, parameter, message) => {
        const { status, headers, body } = await client.get(path);
        expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json']);
        expect(body.errors).toHaveLength(1);
        expect(body.errors?.[0]?.parameter).toBe(parameter);
        expect(body.errors?.[0]?.message).toContain(message);
      });

      it.each([{}, [], { party: 'Green' }, { name: '' }, { name: null }, { id: 7 }, 'text', null])(
        'answers 400 to a PATCH with %j',
        async (change) => {
          const { status, headers } = await client.change(1, change);
          expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json']);
        },
      );

      it('answers 409 to a name that another president has', async () => {
        expect((await client.change(1, { name: 'Thomas Jefferson' })).status).toBe(409);
      });

      it('answers 404 to an unknown address, president and route', async () => {
        expect(await client.get('/addresses/999')).toMatchObject({
          status: 404,
          body: { status: 404, detail: 'There is no address 999.' },
        });
        expect((await client.change(999, { party: 'Whig' })).status).toBe(404);
        expect((await client.get('/nothing')).headers.get('content-type')).toBe('application/problem+json');
      });

      it('is healthy', async () => {
        expect((await client.get<Health>('/health')).body).toMatchObject({
          status: 'ok',
          details: { postgres: { status: 'up' }, search: { status: 'up' }, herd: { status: 'up' } },
        });
      });

      it('describes its routes as OpenAPI', async () => {
        const { body } = await client.get<{ paths: Record<string, object> }>('/docs-json');
        expect(Object.keys(body.paths).sort()).toEqual([
          '/addresses/export',
          '/addresses/{id}',
          '/addresses/{id}/similar',
          '/export',
          '/health',
          '/health/live',
          '/health/ready',
          '/herd/topology',
          '/login',
          '/machine-room/events',
          '/machine-room/knock',
          '/machine-room/migration',
          '/machine-room/servers',
          '/metrics',
          '/presidents/{id}',
          '/presidents/{id}/restore',
          '/reset',
          '/search',
          '/suggest',
        ]);
        expect(await (await fetch(`${demo.url}/docs`)).text()).toContain('swagger-ui');
      });

      it('refuses what is over the limit, with a problem document and when to come again', async () => {
        const limited = await startDemoUnderTest({ ...demo.env, SEARCH_LIMIT: '2/1h' });
        try {
          const own = new DemoClient(limited.url);
          const statuses = [(await own.search({})).status, (await own.search({})).status];
          const { status, headers, body } = await own.get('/search');
          expect([...statuses, status]).toEqual([200, 200, 429]);
          expect(headers.get('content-type')).toBe('application/problem+json');
          expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
          expect(headers.get('ratelimit-policy')).toContain('"search";q=2;w=3600');
          expect(body).toMatchObject({
            status: 429,
            type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
          });
          expect((await own.address(1)).status).toBe(200);
        } finally {
          await limited.stop();
        }
      });

      it('finds its data at the next start, and completes an index that is not', async () => {
        const again = await startDemoUnderTest(demo.env);
        await again.stop();
        expect(again.printed).toBe('');

        const query = JSON.stringify({ query: { range: { 'address.year': { gte: 1800, lt: 1810 } } } });
        await fetch(`${opensearch}/${demo.env['DEMO_PREFIX']}*/_delete_by_query?refresh=true`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: query,
        });
        expect((await client.search({ from: '1800', to: '1809' })).body.total).toBe(0);
        const repaired = await startDemoUnderTest(demo.env);
        await repaired.stop();
        expect(repaired.printed).toContain('Indexing passages: 100%');
        expect((await client.search({ from: '1800', to: '1809' })).body.total).toBeGreaterThan(0);
      }, 30_000);
    });
  });
});
