import { join } from 'node:path';
import { controlServers, describeWith, type RunningServer, startMemcached } from '@rookery/services';
import type { RoomFaults, RoomState } from '../src/machine-room/room-state.js';
import { TYPESCRIPT } from './command.js';
import { deleteIndices, type DemoUnderTest, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';
import { DemoClient } from './http.js';
import { until } from './until.js';

const SEARCH = join(import.meta.dirname, '../src/search.ts');

describeWith('postgres', 'the machine room', (postgres) => {
  describeWith('opensearch', 'of the demo', (opensearch) => {
    let nodes: RunningServer[] = [];
    let demo: DemoUnderTest;
    const open: AbortController[] = [];

    const start = async (faults: 'on' | 'off', settings: Record<string, string> = {}) => {
      nodes = await Promise.all([startMemcached(), startMemcached(), startMemcached()]);
      const memcached = nodes.map(({ address }) => address).join(',');
      demo = await startDemoUnderTest(
        {
          ...ownEnvironment({ postgres, opensearch, memcached }),
          DEMO_FAULTS: faults,
          API_LIMIT: '100000/1m',
          ...settings,
        },
        {
          servers: controlServers(nodes.map((server) => ({ service: 'memcached', server }))),
          searchCommand: [process.execPath, ...TYPESCRIPT, SEARCH],
        },
      );
    };

    afterEach(async () => {
      for (const stream of open.splice(0)) stream.abort();
      await demo.remove();
      await deleteIndices(demo.env);
      await Promise.all(nodes.map((node) => node.stop()));
    }, 30_000);

    /** A stream of states, and the newest of them. */
    const listen = async () => {
      const stream = new AbortController();
      open.push(stream);
      const response = await fetch(`${demo.url}/machine-room/events`, { signal: stream.signal });
      const heard: RoomState[] = [];
      const ended = (async () => {
        let text = '';
        for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
          const blocks = (text + chunk).split('\n\n');
          text = blocks.pop()!;
          for (const block of blocks) {
            const data = /^data: (.*)$/m.exec(block)?.[1];
            if (data !== undefined) heard.push(JSON.parse(data) as RoomState);
          }
        }
        return 'ended';
      })().catch(() => 'cut');
      return { response, heard, ended, latest: () => Promise.resolve(heard.at(-1)!), stop: () => stream.abort() };
    };
    const post = async (path: string, body: unknown) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      const response = await fetch(`${demo.url}/machine-room/${path}`, init);
      return { status: response.status, body: (await response.json()) as RoomFaults & { detail: string } };
    };

    it('streams nodes, hits and misses, the outbox and the index, at least every second', async () => {
      await start('off', { CACHE_SECONDS: '600', CACHE_MEMORY_SECONDS: '1' });
      const { response, heard, latest } = await listen();
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      const client = new DemoClient(demo.url);
      const ask = async () => {
        for (const id of [1, 2, 3, 4, 5, 6]) await client.address(id);
        return latest();
      };
      const hitsOf = (each: RoomState) => each.nodes.reduce((sum, { hits }) => sum + hits, 0);
      await until(ask, (each) => each !== undefined && each.memoryHits > 0);
      // Whatever memory has let go of, some node has.
      const state = await until(ask, (each) => hitsOf(each) >= 6);
      expect(state.nodes.map(({ id }) => id).sort()).toEqual(nodes.map(({ address }) => address).sort());
      expect(state.nodes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5);
      expect(state.nodes.reduce((sum, { misses }) => sum + misses, 0)).toBe(6);
      expect(state.faults).toBeNull();
      const known = await until(
        latest,
        ({ outbox, index, engine }) => outbox !== null && index !== null && engine !== null,
      );
      expect(known.outbox).toEqual({ pending: 0, deadLetters: 0, lagMs: 0 });
      expect(known.index!.index).toMatch(new RegExp(`^${demo.env['DEMO_PREFIX']}-passages-v1-`));
      await client.change(1, { party: 'Whig' });
      await until(
        () => Promise.resolve(heard.flatMap(({ news }) => news)),
        (news) => news.some((line) => /The outbox has written \d+ documents/.test(line)),
      );
      const count = heard.length;
      await until(
        () => Promise.resolve(heard.length),
        (length) => length > count + 2,
      );
    }, 60_000);

    it('ends its streams when the application stops, which waits for none of them', async () => {
      await start('off');
      const { ended, heard } = await listen();
      await until(
        () => Promise.resolve(heard.length),
        (length) => length > 0,
      );
      await demo.stop();
      expect(await ended).toBe('ended');
      expect(demo.printed).not.toContain('cut off');
    }, 60_000);

    it('has a bound of streams for each client, and accepts another when one is gone', async () => {
      await start('off');
      const streams = await Promise.all(Array.from({ length: 8 }, listen));
      const refused = await fetch(`${demo.url}/machine-room/events`);
      expect([refused.status, refused.headers.get('content-type')]).toEqual([429, 'application/problem+json']);
      streams[0]!.stop();
      await until(
        async () => (await listen()).response.status,
        (status) => status === 200,
      );
    }, 60_000);

    it('refuses to break anything unless the demo allows it', async () => {
      await start('off');
      for (const [path, body] of [
        ['servers', { address: nodes[0]!.address, action: 'kill' }],
        ['migration', { step: 'start' }],
      ] as const) {
        const { status, body: problem } = await post(path, body);
        expect([status, problem.detail]).toEqual([403, expect.stringContaining('DEMO_FAULTS=on')]);
      }
      expect(nodes[0]!.pid).toBeGreaterThan(0);
    }, 60_000);

    it('freezes, kills and restarts the servers of the demo, and no others', async () => {
      await start('on');
      const { latest, heard } = await listen();
      const { address } = nodes[1]!;
      const stateOf = ({ servers }: RoomFaults) => servers.find((server) => server.address === address)!.state;
      const nodeState = ({ nodes: seen }: RoomState) => seen.find(({ id }) => id === address)!.state;
      await until(latest, (state) => state !== undefined);
      expect(stateOf((await latest()).faults!)).toBe('running');
      const client = new DemoClient(demo.url);
      const ask = async () => {
        for (let id = 1; id <= 20; id += 1) expect((await client.address(id)).status).toBe(200);
        return latest();
      };

      expect(stateOf((await post('servers', { address, action: 'kill' })).body)).toBe('killed');
      await until(ask, (state) => nodeState(state) === 'down');
      expect(stateOf((await post('servers', { address, action: 'restart' })).body)).toBe('running');
      await until(ask, (state) => nodeState(state) === 'up');

      // What is frozen goes on by itself; what lies in memory is read from no node for two seconds.
      expect(stateOf((await post('servers', { address, action: 'freeze', seconds: 10 })).body)).toBe('frozen');
      await until(ask, (state) => nodeState(state) === 'down');
      await until(ask, (state) => nodeState(state) === 'up' && stateOf(state.faults!) === 'running');
      const news = heard.flatMap((state) => state.news).join('\n');
      expect(news).toContain(`Node ${address} is down`);
      expect(news).toContain(`Node ${address} is back`);

      const other = await post('servers', { address: '127.0.0.1:1', action: 'kill' });
      expect(other.status).toBe(404);
      expect(other.body.detail).toMatch(/^No server of this run has the address 127\.0\.0\.1:1; it has /);
      expect(other.body.detail).toContain(address);
      expect((await post('servers', { address, action: 'format' })).status).toBe(400);
      expect((await post('servers', { address, action: 'freeze', seconds: 61 })).status).toBe(400);
    }, 150_000);

    it('migrates the mapping and rolls it back while searches go on', async () => {
      await start('on');
      const { latest } = await listen();
      const client = new DemoClient(demo.url);
      const migration = () => latest().then((state) => state?.faults?.migration);
      expect((await post('migration', { step: 'rollback' })).status).toBe(409);
      const before = (await until(latest, (state) => Boolean(state?.index))).index!.index;
      expect((await post('migration', { step: 'start' })).body.migration.state).toBe('migrating');
      expect((await post('migration', { step: 'start' })).status).toBe(409);
      const searches: number[] = [];
      const searching = async () => {
        searches.push((await client.search({ q: 'congress' })).status);
        return migration();
      };
      const withPatience = async (wanted: string) => {
        for (let round = 0; round < 6; round += 1)
          try {
            return await until(searching, (state) => state?.state === wanted);
          } catch (error) {
            if (round === 5) throw error;
          }
      };
      await withPatience('migrated');
      await until(latest, ({ index }) => index?.phase === 'swapped' && index.index !== before);
      expect((await post('migration', { step: 'rollback' })).status).toBe(200);
      await withPatience('idle');
      await until(latest, ({ index }) => index?.phase === 'rolled-back' && index.index === before);
      expect(searches.filter((status) => status !== 200)).toEqual([]);
    }, 120_000);

    it('lets 20 of a burst of 60 knocks through', async () => {
      await start('off');
      const startedAt = performance.now();
      const statuses = await Promise.all(
        Array.from({ length: 60 }, async () => (await fetch(`${demo.url}/machine-room/knock`)).status),
      );
      const drained = Math.ceil((performance.now() - startedAt) / 500); // Two a second.
      expect(statuses.filter((status) => status === 204).length).toBeGreaterThanOrEqual(20);
      expect(statuses.filter((status) => status === 204).length).toBeLessThanOrEqual(20 + drained);
      expect(statuses.filter((status) => ![204, 429].includes(status))).toEqual([]);
    }, 60_000);
  });
});
