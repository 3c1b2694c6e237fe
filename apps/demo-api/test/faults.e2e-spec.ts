import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { describeWith, type RunningServer, startMemcached } from '@rookery/services';
import { DemoClient, type Health } from './http.js';
import {
  deleteIndices,
  type DemoUnderTest,
  LOADED_ADDRESSES,
  ownEnvironment,
  startDemoUnderTest,
} from './demo-under-test.js';
import { until } from './until.js';

/** A port of 127.0.0.1 on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describeWith('postgres', 'the demo, without other servers', (postgres) => {
  let demo: DemoUnderTest | undefined;
  let silent: Server | undefined;

  afterEach(async () => {
    await demo?.remove();
    silent?.close();
    demo = silent = undefined;
  }, 30_000);

  it('answers searches 503 and the rest as ever while OpenSearch and memcached are down', async () => {
    const env = ownEnvironment({
      postgres,
      opensearch: `http://127.0.0.1:${await closedPort()}`,
      memcached: `127.0.0.1:${await closedPort()},127.0.0.1:${await closedPort()}`,
    });
    demo = await startDemoUnderTest(env);
    const client = new DemoClient(demo.url);
    expect(demo.printed).toContain('/search answers 503 until it is there');

    const search = await client.get('/search?q=union');
    expect([search.status, search.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
    expect((await client.get('/search?q=')).status).toBe(400);
    for (let request = 0; request < 8; request += 1) {
      const { status, headers, body } = await client.address(1);
      expect([status, headers.get('x-cache'), body.year]).toEqual([200, 'MISS', 1790]);
    }
    expect(await client.change(1, { party: 'Whig' })).toMatchObject({ status: 200, body: { party: 'Whig' } });
    expect((await client.address(1)).body.president.party).toBe('Whig');
    expect(await client.get<Health>('/health')).toMatchObject({
      status: 200,
      body: {
        status: 'degraded',
        details: { postgres: { status: 'up' }, search: { status: 'degraded' }, herd: { status: 'degraded' } },
      },
    });
  }, 30_000);

  it('answers searches 503 in bounded time when OpenSearch accepts connections and sends nothing', async () => {
    const sockets = new Set<Socket>();
    silent = createServer((socket) => sockets.add(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const opensearch = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const env = ownEnvironment({ postgres, opensearch, memcached: `127.0.0.1:${await closedPort()}` });
    demo = await startDemoUnderTest({ ...env, SEARCH_TIMEOUT_MS: '200' });
    const client = new DemoClient(demo.url);
    expect((await client.get('/search?q=union')).status).toBe(503);
    expect((await client.address(1)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  }, 30_000);
});

describeWith('postgres', 'the demo, stopped while OpenSearch is away', (postgres) => {
  describeWith('opensearch', 'and started when it is back', (opensearch) => {
    it('has lost no change', async () => {
      const env = ownEnvironment({ postgres, opensearch, memcached: '127.0.0.1:9' });
      await (await startDemoUnderTest(env)).stop();

      const without = await startDemoUnderTest({ ...env, OPENSEARCH_URL: `http://127.0.0.1:${await closedPort()}` });
      expect((await new DemoClient(without.url).change(1, { party: 'Whig' })).status).toBe(200);
      await without.stop();

      const again = await startDemoUnderTest(env);
      try {
        const client = new DemoClient(again.url);
        const { body } = await until(
          () => client.search({ party: 'Whig' }),
          (answer) => answer.body.total > 0,
        );
        expect(body.hits[0]!.president.name).toBe('George Washington');
      } finally {
        await again.remove();
        await deleteIndices(env);
      }
    }, 60_000);
  });
});

describeWith('postgres', 'the demo, under load', (postgres) => {
  describeWith('memcached', 'when a memcached node is killed', () => {
    const nodes: RunningServer[] = [];
    let demo: DemoUnderTest;

    beforeAll(async () => {
      for (let node = 0; node < 3; node += 1) nodes.push(await startMemcached());
      const memcached = nodes.map(({ address }) => address).join(',');
      const env = ownEnvironment({ postgres, opensearch: `http://127.0.0.1:${await closedPort()}`, memcached });
      demo = await startDemoUnderTest({ ...env, API_LIMIT: '1000000/1m' });
    }, 30_000);

    afterAll(async () => {
      await demo?.remove();
      await Promise.all(nodes.map((node) => node.stop()));
    }, 30_000);

    it('answers every request, and uses the node again after its restart', async () => {
      const client = new DemoClient(demo.url);
      const ids = Array.from({ length: LOADED_ADDRESSES }, (_, index) => index + 1);
      const askAll = () => Promise.all(ids.map((id) => client.address(id)));
      const caches = async () => (await askAll()).map(({ headers }) => headers.get('x-cache'));
      const allHit = (answers: (string | null)[]) => answers.every((cache) => cache === 'HIT');
      await until(caches, allHit);

      const statuses: number[] = [];
      let loading = true;
      const load = (async () => {
        while (loading) statuses.push(...(await askAll()).map(({ status }) => status));
      })();
      try {
        await nodes[1]!.kill();
        const health = () => client.get<Health>('/health');
        await until(health, ({ body }) => body.details['herd']?.status === 'degraded');
        // What memory has let go of is read from PostgreSQL; the other nodes have theirs.
        const whileDown = await until(caches, (answers) => answers.includes('MISS'));
        expect(whileDown).toContain('HIT');

        await nodes[1]!.restart();
        await until(health, ({ body }) => body.details['herd']?.status === 'up');
        await until(caches, allHit);
      } finally {
        loading = false;
        await load;
      }
      expect(statuses.length).toBeGreaterThan(LOADED_ADDRESSES);
      expect(statuses.filter((status) => status !== 200)).toEqual([]);
    }, 120_000);
  });
});
