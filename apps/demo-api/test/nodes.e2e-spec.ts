import { startMemcachedNode } from '@rookery/herd/testing';
import type { HerdSnapshot } from '@rookery/herd';
import { describeWith, describeWithProgram, startMemcached } from '@rookery/services';
import { type DemoUnderTest, LOADED_ADDRESSES, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';
import { DemoClient, type Health } from './http.js';
import { until } from './until.js';

type Node = Readonly<{ address: string; stop(): Promise<unknown> }>;

/** The demo on three nodes of its own; these tests need no search. */
function onThreeNodes(postgres: string, startNode: () => Promise<Node>): void {
  let nodes: Node[];
  let demo: DemoUnderTest;
  let client: DemoClient;

  beforeAll(async () => {
    nodes = await Promise.all([startNode(), startNode(), startNode()]);
    const env = ownEnvironment({
      postgres,
      opensearch: 'http://127.0.0.1:9',
      memcached: nodes.map(({ address }) => address).join(','),
    });
    demo = await startDemoUnderTest({
      ...env,
      LIMITER_STORAGE: 'memcached',
      LIMITER_TIMEOUT_MS: '5000',
      LOGIN_LIMIT: '2/1d',
    });
    client = new DemoClient(demo.url);
  }, 30_000);

  afterAll(async () => {
    await demo?.remove();
    await Promise.all(nodes.map((node) => node.stop()));
  }, 30_000);

  it('caches addresses on all of them, and drops those of a changed president', async () => {
    const ids = Array.from({ length: LOADED_ADDRESSES }, (_, index) => index + 1);
    const caches = async () =>
      (await Promise.all(ids.map((id) => client.address(id)))).map(({ headers }) => headers.get('x-cache'));
    expect(new Set(await caches())).toEqual(new Set(['MISS']));
    await until(caches, (answers) => answers.every((cache) => cache === 'HIT'));
    const { nodes: seen } = (await client.get<HerdSnapshot>('/herd/topology')).body;
    expect(seen.map(({ node }) => node.id).sort()).toEqual(nodes.map(({ address }) => address).sort());
    for (const { share } of seen) expect(share).toBeGreaterThan(0.2);
    expect(seen.reduce((sum, { stats }) => sum + stats.operations, 0)).toBeGreaterThanOrEqual(2 * LOADED_ADDRESSES);
    await client.change(1, { party: 'Whig' });
    expect((await client.address(1)).headers.get('x-cache')).toBe('MISS');
  });

  it('keeps the buckets of limits there', async () => {
    const login = async () => {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ password: 'wrong' }),
      };
      return (await fetch(`${demo.url}/login`, init)).status;
    };
    expect([await login(), await login(), await login()]).toEqual([401, 401, 429]);
  });

  it('is healthy', async () => {
    const { details } = (await client.get<Health>('/health')).body;
    expect(details).toMatchObject({ herd: { status: 'up' }, limiter: { status: 'up', storage: 'memcached' } });
  });
}

describeWith('postgres', 'the demo on three nodes', (postgres) => {
  describeWithProgram('memcached', 'of memcached', () => onThreeNodes(postgres, () => startMemcached()));
  describe('embedded', () =>
    onThreeNodes(postgres, async () => {
      const node = await startMemcachedNode();
      return { address: `${node.host}:${node.port}`, stop: () => node.close() };
    }));
});
