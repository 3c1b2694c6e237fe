import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeWith } from '@rookery/services';
import { type DemoUnderTest, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';
import { until } from './until.js';

/** An engine that is away, or that accepts requests and answers none. */
async function silentEngine(): Promise<
  Readonly<{ server: Server; url: string; asked: readonly string[]; left: readonly string[]; fallSilent: () => void }>
> {
  let silent = false;
  const asked: string[] = [];
  const left: string[] = [];
  const server = createServer(({ url: path = '' }, response) => {
    asked.push(path);
    response.once('close', () => response.writableFinished || left.push(path));
    if (!silent) response.writeHead(503).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, url, asked, left, fallSilent: () => (silent = true) };
}

describeWith('postgres', 'requests under way', (postgres) => {
  let engine: Awaited<ReturnType<typeof silentEngine>>;
  let demo: DemoUnderTest;
  const asked = new AbortController();

  const start = async (env: Record<string, string>): Promise<void> => {
    engine = await silentEngine();
    const own = ownEnvironment({ postgres, opensearch: engine.url, memcached: '127.0.0.1:9' });
    demo = await startDemoUnderTest({ ...own, SEARCH_TIMEOUT_MS: '20000', ...env });
    engine.fallSilent();
  };
  afterEach(async () => {
    engine.server.closeAllConnections();
    engine.server.close();
    await demo.remove();
  }, 60_000);

  const get = (path: string): Promise<Response> => fetch(demo.url + path, { signal: asked.signal });
  /** @returns the status of the first that is answered while the others hang */
  const firstOf = async (paths: readonly string[]): Promise<number> => {
    const { status } = await Promise.race(paths.map(get));
    return status;
  };

  it('are bounded for one client, whichever search they are', async () => {
    await start({ SEARCHES_AT_ONCE: '3' });
    const paths = ['/search', '/search?q=war', '/addresses/1/similar', '/search?mode=query&q=peace'];
    await expect(firstOf(paths)).resolves.toBe(429);
  }, 60_000);

  it.each([
    ['of one client', { EXPORTS_AT_ONCE: '2' }],
    ['in all', { ALL_EXPORTS_AT_ONCE: '2', EXPORTS_AT_ONCE: '5' }],
  ])(
    'are bounded for exports %s',
    async (_whose, env) => {
      await start(env);
      await expect(firstOf(['/export', '/export?from=1800', '/export?to=1900'])).resolves.toBe(429);
      expect((await get('/health/live')).status).toBe(200);
    },
    60_000,
  );

  it.each(['/search?q=war&words=true', '/suggest?q=wash', '/addresses/1/similar'])(
    'end in the engine when their client goes away: %s',
    async (path) => {
      // Its deadline comes long after the test.
      await start({ SEARCH_TIMEOUT_MS: '60000' });
      const client = new AbortController();
      const gone = fetch(demo.url + path, { signal: client.signal }).catch(() => 'gone');
      const searches = (paths: readonly string[]) => paths.filter((each) => /_m?search\?/.test(each)).length;
      await until(
        () => Promise.resolve(searches(engine.asked)),
        (count) => count >= (path.includes('words') ? 2 : 1),
      );
      client.abort();
      expect(await gone).toBe('gone');
      await until(
        () => Promise.resolve(searches(engine.left)),
        (count) => count === searches(engine.asked),
      );
      expect(demo.printed).not.toMatch(/Abort|at .*\.ts:/);
    },
    60_000,
  );

  it('let others in once they are answered', async () => {
    await start({ SEARCHES_AT_ONCE: '1', SEARCH_TIMEOUT_MS: '300' });
    for (const expected of [503, 503, 503]) expect((await get('/search')).status).toBe(expected);
    // The engine itself ends what nobody waits for any more.
    const limits = engine.asked.flatMap((path) => /_search.*cancel_after_time_interval=(\d+)ms/.exec(path)?.[1] ?? []);
    expect(limits.length).toBeGreaterThanOrEqual(3);
    for (const limit of limits) expect(Number(limit)).toBeLessThanOrEqual(300);
  }, 60_000);
});
