import type { HerdSnapshot } from '@rookery/herd';
import { describeWith, type RunningServer, startMemcached } from '@rookery/services';
import { deleteIndices, type DemoUnderTest, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';
import { DemoClient } from './http.js';
import { sample } from './metrics.js';
import { until } from './until.js';

describeWith('postgres', 'the demo seen from outside', (postgres) => {
  describeWith('opensearch', 'with OpenSearch', (opensearch) => {
    describeWith('memcached', 'and memcached', () => {
      const nodes: RunningServer[] = [];
      let demo: DemoUnderTest;
      let client: DemoClient;

      beforeAll(async () => {
        for (let node = 0; node < 3; node += 1) nodes.push(await startMemcached());
        const memcached = nodes.map(({ address }) => address).join(',');
        demo = await startDemoUnderTest({
          ...ownEnvironment({ postgres, opensearch, memcached }),
          API_LIMIT: '100000/1m',
          SLOW_QUERY_MS: '1',
        });
        client = new DemoClient(demo.url);
      }, 60_000);

      afterAll(async () => {
        await demo?.remove();
        if (demo !== undefined) await deleteIndices(demo.env);
        await Promise.all(nodes.map((node) => node.stop()));
      }, 30_000);

      const metrics = async () => (await fetch(`${demo.url}/metrics`)).text();
      const topology = async () => (await client.get<HerdSnapshot>('/herd/topology')).body;
      const index = () => `index="${demo.env['DEMO_PREFIX']}-passages"`;

      it('counts searches, slow ones and bulk operations', async () => {
        const searches = (text: string) =>
          sample(text, 'rookery_search_request_seconds_count', 'operation="_search",outcome="ok"');
        const before = await metrics();
        for (let search = 0; search < 5; search += 1) await client.search({ q: 'union' });
        const after = await metrics();
        expect(searches(after) - searches(before)).toBe(5);
        expect(Number(/^rookery_search_slow_queries_total (\d+)$/m.exec(after)?.[1])).toBeGreaterThanOrEqual(5);
        expect(sample(after, 'rookery_search_bulk_operations_total', 'outcome="written"')).toBeGreaterThanOrEqual(313);
        expect(sample(after, 'rookery_search_bulk_operations_total', 'outcome="failed"')).toBe(0);
      });

      it('shows how long changes take to their index, and what waits', async () => {
        expect((await client.change(1, { party: 'Whig' })).status).toBe(200);
        const text = await until(
          metrics,
          (now) => sample(now, 'rookery_sync_lag_seconds_count', index()) > 0 && /^rookery_sync_backlog 0$/m.test(now),
        );
        expect(sample(text, 'rookery_sync_documents_total', `${index()},outcome="written"`)).toBeGreaterThan(50);
        expect(sample(text, 'rookery_sync_batch_seconds_count', index())).toBeGreaterThan(0);
        expect(text).toMatch(/^rookery_sync_dead_letters 0$/m);
        expect(text).toMatch(/^rookery_sync_oldest_seconds 0$/m);
      });

      it('shows a node that is killed, in metrics and on the topology page, and its return', async () => {
        const node = `herd="cache",node="${nodes[0]!.address}"`;
        const whole = await topology();
        expect(whole).toMatchObject({
          herd: 'cache',
          driver: 'memcached',
          router: 'rendezvous',
          discovery: { state: 'accepted' },
        });
        expect(whole.nodes.map(({ health }) => health.state)).toEqual(['up', 'up', 'up']);
        expect(whole.nodes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
        expect(sample(await metrics(), 'rookery_herd_node_up', node)).toBe(1);

        await nodes[0]!.kill();
        const askAll = () => Promise.all(Array.from({ length: 20 }, (_, id) => client.address(id + 1)));
        const broken = await until(
          async () => (await askAll(), await metrics()),
          (text) => sample(text, 'rookery_herd_node_up', node) === 0,
        );
        expect(sample(broken, 'rookery_herd_ejections_total', 'herd="cache"')).toBeGreaterThanOrEqual(1);
        expect(sample(broken, 'rookery_herd_operation_seconds_count', 'herd="cache",outcome="ok"')).toBeGreaterThan(0);
        expect(
          sample(broken, 'rookery_herd_operation_seconds_count', 'herd="cache",outcome="HERD_NODE"'),
        ).toBeGreaterThan(0);
        const reduced = await topology();
        expect(reduced.version).toBeGreaterThan(whole.version);
        expect(reduced.nodes.find(({ node: { id } }) => id === nodes[0]!.address)?.health).toMatchObject({
          state: 'down',
        });

        await nodes[0]!.restart();
        await until(
          async () => (await askAll(), await metrics()),
          (text) => sample(text, 'rookery_herd_node_up', node) === 1,
        );
      }, 30_000);

      it('has as many series after hundreds of different requests as before, whatever their outcomes', async () => {
        const ofAnyOutcome = (series: string) => series.replace(/outcome="(ok|HERD_[A-Z_]+)"/, 'outcome="any"');
        const series = async () =>
          (await metrics())
            .split('\n')
            .filter((line) => line !== '' && !line.startsWith('#'))
            .map((line) => ofAnyOutcome(line.split(' ')[0]!));
        const ask = async (request: number) => {
          await client.search({ q: `word${request}`, from: String(1790 + (request % 200)) });
          await client.get(`/addresses/${request}`);
          await client.get(`/nothing-${request}`);
        };
        await ask(0);
        const before = new Set(await series());
        for (let request = 1; request <= 100; request += 1) await ask(request);
        expect([...new Set(await series())].filter((each) => !before.has(each))).toEqual([]);
      }, 60_000);
    });
  });
});
