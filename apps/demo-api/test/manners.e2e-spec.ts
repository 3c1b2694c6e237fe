import { Agent, get } from 'node:http';
import { describeWith, type RunningServer, startPostgres } from '@rookery/services';
import { type DemoUnderTest, LOADED_ADDRESSES, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';
import { until } from './until.js';

/** Where nothing listens: these tests need neither search nor cache. */
const NOWHERE = { opensearch: 'http://127.0.0.1:9', memcached: '127.0.0.1:9' };
const UNLIMITED = { API_LIMIT: '1000000/1m', EXPORT_LIMIT: '1000000/1h' };
const HTTP_TIMEOUT_MS = 10_000;

type Answer = Readonly<{ status: number; headers: Headers; text: string }>;

async function answerOf(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(HTTP_TIMEOUT_MS), ...init });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describeWith('postgres', 'the manners of the demo', (postgres) => {
  let demo: DemoUnderTest | undefined;

  const start = async (env: Record<string, string> = {}) =>
    (demo = await startDemoUnderTest({
      ...ownEnvironment({ postgres, ...NOWHERE }),
      ...UNLIMITED,
      EDITS: 'open',
      ...env,
    }));
  const call = (path: string, init?: RequestInit): Promise<Answer> => answerOf(demo!.url + path, init);

  afterEach(async () => {
    await demo?.remove();
    demo = undefined;
  }, 30_000);

  it('lets the requests under way end, over keep-alive connections too, before it stops', async () => {
    const { url, stop } = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    const fetchOver = (path: string) =>
      new Promise<number>((resolve, reject) => {
        const request = get(`${url}${path}`, { agent, timeout: HTTP_TIMEOUT_MS }, (response) => {
          response
            .resume()
            .once('end', () => (response.complete ? resolve(response.statusCode!) : reject(new Error('cut'))));
          response.once('error', reject);
        });
        request.once('error', reject);
      });
    const ids = Array.from({ length: 64 }, (_, index) => 1 + (index % LOADED_ADDRESSES));
    await Promise.all(ids.map((id) => fetchOver(`/addresses/${id}`))); // Connections are open and idle from here on.
    const underWay = [
      ...ids.map((id) => fetchOver(`/addresses/${id}`)),
      ...Array.from({ length: 4 }, () => fetchOver('/addresses/export')),
    ];
    await new Promise((resolve) => setImmediate(resolve));
    const stopped = stop();
    const ends = await Promise.allSettled(underWay);
    await stopped;
    agent.destroy();
    // What had not reached the server may be refused; what had reached it is answered whole.
    const reasons = ends.flatMap((end) =>
      end.status === 'rejected' ? [(end.reason as NodeJS.ErrnoException).code] : [],
    );
    expect(reasons.filter((code) => code !== 'ECONNREFUSED')).toEqual([]);
    expect(ends.filter((end) => end.status === 'fulfilled' && end.value !== 200)).toEqual([]);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  }, 60_000);

  it('refuses readiness first, stays alive, and ends each connection while it waits', async () => {
    const { stop } = await start({ STOP_DELAY_MS: '3000' });
    expect((await call('/health/ready')).status).toBe(200);
    const stopped = stop();
    const [ready, live, other] = await Promise.all(
      ['/health/ready', '/health/live', '/addresses/1'].map((path) => call(path)),
    );
    expect([ready!.status, live!.status, other!.status]).toEqual([503, 200, 200]);
    expect(ready!.headers.get('connection')).toBe('close');
    await stopped;
  }, 30_000);

  it('sends security headers, a request id and, where they are named, CORS headers', async () => {
    await start({ CORS_ORIGINS: 'https://example.org', ACCESS_LOG: 'on', TRUSTED_PROXIES: 'loopback' });
    const named = await call('/addresses/1', {
      headers: { origin: 'https://example.org', 'x-request-id': 'abc-1', 'x-forwarded-for': '203.0.113.9' },
    });
    expect(named.headers.get('access-control-allow-origin')).toBe('https://example.org');
    expect(named.headers.get('x-request-id')).toBe('abc-1');
    expect(named.headers.get('x-content-type-options')).toBe('nosniff');
    expect(named.headers.get('content-encoding')).not.toBeNull();
    const other = await call('/addresses/1', { headers: { origin: 'https://example.com', 'x-request-id': 'no good' } });
    expect(other.headers.get('access-control-allow-origin')).not.toBe('https://example.com');
    expect(other.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    expect(other.headers.get('keep-alive')).toBe('timeout=65');
    const line = await until(
      () => Promise.resolve(demo!.printed.split('\n').find((each) => each.includes('"abc-1"'))),
      (found) => found !== undefined,
    );
    expect(JSON.parse(line!)).toMatchObject({
      client: '203.0.113.9',
      url: '/addresses/1',
      status: 200,
      complete: true,
    });
  }, 30_000);
});

describeWith('postgres', 'the demo, of bodies and parameters', (postgres) => {
  let demo: DemoUnderTest;
  beforeAll(async () => {
    demo = await startDemoUnderTest({ ...ownEnvironment({ postgres, ...NOWHERE }), ...UNLIMITED, EDITS: 'open' });
  }, 60_000);
  afterAll(() => demo.remove(), 60_000);

  const patch = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    answerOf(`${demo.url}/presidents/1`, { method: 'PATCH', headers, body });

  it.each([
    ['arrays nested 40,000 deep', `${'['.repeat(40_000)}${']'.repeat(40_000)}`, 413],
    ['objects nested 1,000 deep', `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`, 400],
    ['1,500 members', JSON.stringify(Object.fromEntries(Array.from({ length: 1500 }, (_, at) => [`m${at}`, 1]))), 400],
    ['no JSON', '{"party"', 400],
    ['an array', '[]', 400],
    ['a string', '"Whig"', 400],
    ['__proto__', '{"__proto__":{"party":"Whig"}}', 400],
  ])(
    'refuses a body of %s by a short problem',
    async (_, body, status) => {
      const answer = await patch(body);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
      expect(answer.text.length).toBeLessThan(2_000);
    },
    30_000,
  );

  it('refuses bodies that are not JSON, and many unknown members and parameters, with the first few of them', async () => {
    expect((await patch('party=Whig', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
    const members = await patch(
      JSON.stringify(Object.fromEntries(Array.from({ length: 90 }, (_, at) => [`m${at}`, 1]))),
    );
    expect(members.status).toBe(400);
    expect((JSON.parse(members.text) as { errors: unknown[] }).errors).toHaveLength(11);
    const query = Array.from({ length: 900 }, (_, at) => `${'p'.repeat(200)}${at}=1`).join('&');
    const parameters = await answerOf(`${demo.url}/addresses/export?${query.slice(0, 12_000)}`);
    expect(parameters.status).toBe(400);
    expect(parameters.text.length).toBeLessThan(8_000);
  }, 30_000);
});

describeWith('postgres', 'the demo, while PostgreSQL is frozen', () => {
  let server: RunningServer;
  let demo: DemoUnderTest;

  beforeAll(async () => {
    server = await startPostgres();
    demo = await startDemoUnderTest(ownEnvironment({ postgres: server.address, ...NOWHERE }));
  }, 60_000);
  afterAll(async () => {
    server.resume();
    await demo.remove();
    await server.stop();
  }, 60_000);

  it('is alive, not ready, and reports the last state, each within its bound', async () => {
    server.pause();
    const within = async (path: string) => {
      const startedAt = performance.now();
      const response = await fetch(demo.url + path, { signal: AbortSignal.timeout(HTTP_TIMEOUT_MS) });
      const text = await response.text();
      return { path, status: response.status, text, ms: performance.now() - startedAt };
    };
    const paths = ['/health', '/health/live', '/health/ready', '/metrics'];
    const [health, live, ready, metrics] = await Promise.all(paths.map(within));
    server.resume();
    expect([health!.status, live!.status, ready!.status, metrics!.status]).toEqual([503, 200, 503, 200]);
    expect(JSON.parse(health!.text)).toMatchObject({
      status: 503,
      details: { postgres: { status: 'down' }, herd: { status: 'degraded' }, limiter: { status: 'up' } },
    });
    // The bound itself is a second; a busy machine is given room, but far less than a hanging server would need.
    for (const { path, ms } of [health!, live!, ready!, metrics!]) expect([path, ms < 8000]).toEqual([path, true]);
  }, 60_000);
});
