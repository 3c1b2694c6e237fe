import { describeWith } from '@rookery/services';
import type { AddressDto } from '../src/addresses/address.dto.js';
import { type DemoUnderTest, LOADED_ADDRESSES, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';
import { DemoClient, type Health } from './http.js';
import { sample } from './metrics.js';
import { until } from './until.js';

/** Where nothing listens: these tests need no search. */
const NO_OPENSEARCH = 'http://127.0.0.1:9';

/** The demo with its buckets in `storage`, the limits that tests want, and a database of its own. */
function limits(storage: string, postgres: string, servers: Record<string, string>): void {
  let demo: DemoUnderTest;
  let other: DemoUnderTest | undefined;
  const post = async (url: string, password: string) =>
    (
      await fetch(`${url}/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ password }),
      })
    ).status;
  const exported = (url: string, query: string) => fetch(`${url}/addresses/export?${query}`);
  const metrics = async () => (await fetch(`${demo.url}/metrics`)).text();

  beforeEach(async () => {
    const env = ownEnvironment({
      postgres,
      opensearch: NO_OPENSEARCH,
      memcached: servers['MEMCACHED_SERVERS'] ?? '127.0.0.1:9',
    });
    demo = await startDemoUnderTest({
      ...env,
      ...servers,
      LIMITER_STORAGE: storage,
      LIMITER_TIMEOUT_MS: '5000',
      SEARCH_LIMIT: '2/1d',
      EXPORT_LIMIT: '250/1d',
      LOGIN_LIMIT: '3/1d',
    });
  }, 30_000);
  afterEach(async () => {
    await other?.stop();
    other = undefined;
    await demo?.remove();
  }, 30_000);

  it('counts an export by the years that it requests, and streams it', async () => {
    const few = await exported(demo.url, 'from=1790&to=1794');
    expect([few.status, few.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    expect(few.headers.get('ratelimit')).toContain('"export";r=245');
    const lines = (await few.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as AddressDto);
    expect(lines.map(({ year }) => year)).toEqual([...lines.map(({ year }) => year)].sort());
    expect(new Set(lines.map(({ year }) => year))).toEqual(new Set([1790, 1791, 1792, 1793, 1794]));
    const all = await exported(demo.url, '');
    expect((await all.text()).trimEnd().split('\n')).toHaveLength(LOADED_ADDRESSES);
    const refused = await exported(demo.url, 'to=1820');
    expect([refused.status, refused.headers.get('content-type')]).toEqual([429, 'application/problem+json']);
    expect((await exported(demo.url, 'from=2010')).status).toBe(200);
    expect((await exported(demo.url, 'from=x')).status).toBe(400);
  });

  it('counts wrong passwords alone', async () => {
    for (let attempt = 0; attempt < 6; attempt += 1) {
      expect(await post(demo.url, 'four score')).toBe(200);
      // What was reserved comes back after the answer has left.
      await until(
        metrics,
        (text) =>
          sample(text, 'rookery_limiter_decisions_total', 'policy="login",outcome="allowed",source="storage"') >
          attempt,
      );
    }
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) statuses.push(await post(demo.url, 'wrong'));
    expect(statuses).toEqual([401, 401, 401, 429]);
    expect(await post(demo.url, 'four score')).toBe(429);
  });

  it('counts decisions for Prometheus, and is healthy', async () => {
    const client = new DemoClient(demo.url);
    const before = await metrics();
    const refusals = (text: string) =>
      sample(text, 'rookery_limiter_decisions_total', 'policy="search",outcome="refused",source="storage"');
    for (const expected of [503, 503, 429, 429]) expect((await client.get('/search')).status).toBe(expected);
    expect(refusals(await metrics()) - refusals(before)).toBe(2);
    const { details } = (await client.get<Health>('/health')).body;
    expect(details['limiter']).toMatchObject({ status: 'up', storage });
  });

  if (storage !== 'memory') {
    it('limits two processes as one', async () => {
      other = await startDemoUnderTest(demo.env);
      const [one, two] = [new DemoClient(demo.url), new DemoClient(other.url)];
      expect((await one.get('/search')).status).toBe(503);
      expect((await two.get('/search')).status).toBe(503);
      expect((await one.get('/search')).status).toBe(429);
      expect((await two.get('/search')).status).toBe(429);
    }, 30_000);
  }
}

describeWith('postgres', 'limits of the demo', (postgres) => {
  describe('in memory', () => limits('memory', postgres, {}));
  describeWith('memcached', 'in memcached', (servers) => limits('memcached', postgres, { MEMCACHED_SERVERS: servers }));
  describeWith('redis', 'in Redis', (url) => limits('redis', postgres, { REDIS_URL: url }));
});
