import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { callbackNodes, maglev, startHerd, staticNodes } from '@rookery/herd';
import type { TopologyMessage } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { startMemcachedNode } from '@rookery/herd/testing';
import { startMemcached } from '@rookery/services';
import type { RunningServer } from '@rookery/services';

import { exchange } from './exchange.js';
import { until } from './poll.js';

const driver = memcached({ defaultTtl: '10m' });
const keys = Array.from({ length: 10_000 }, (_, i) => `user:${i}`);

/** As the server counts them; the question opens one of its own. */
async function connectionsOf({ port }: RunningServer): Promise<{ open: number; ever: number }> {
  const stats = await exchange(port, 'stats\r\n');
  const count = (name: string): number => Number(new RegExp(`STAT ${name} (\\d+)`).exec(stats)![1]);
  return { open: count('curr_connections'), ever: count('total_connections') };
}

describe('a herd of ten memcached servers', () => {
  let servers: RunningServer[];
  beforeAll(async () => {
    servers = await Promise.all(Array.from({ length: 11 }, () => startMemcached()));
  }, 60_000);
  afterAll(() => Promise.all((servers ?? []).map((server) => server.stop())));

  it('grows to eleven and shrinks to ten under load: no failed request, no new connection, the ideal share of keys moved', async () => {
    let count = 10;
    const discovery = callbackNodes(() => servers.slice(0, count).map(({ address }) => address));
    const herd = await startHerd({ discovery, driver, onNodeDown: 'error', timeoutMs: 10_000, refresh: '1h' });
    const owners = () => keys.map((key) => herd.nodeFor(key)!.id);
    const ten = owners();
    let running = true;
    let requests = 0;
    const load = Promise.all(
      Array.from({ length: 20 }, async (_, lane) => {
        for (let i = lane; running; i += 20, requests++) {
          const key = keys[i % keys.length]!;
          // Whichever node owns the key at this moment: what is read is what was written there, or nothing.
          if (i % 3 === 0) expect(await herd.set(key, key)).toBe(true);
          else expect([key, undefined]).toContain(await herd.get(key));
        }
      }),
    );
    const passed = async (): Promise<void> => {
      const since = requests;
      await until('there were requests', () => requests > since + 500, 30_000);
    };
    await passed();
    const survivors = servers.slice(0, 10);
    const before = await Promise.all(survivors.map(connectionsOf));
    const unused = await connectionsOf(servers[10]!);

    count = 11;
    await herd.refresh();
    const eleven = owners();
    await passed();
    const moved = keys.filter((_, i) => ten[i] !== eleven[i]);
    expect(Math.abs((moved.length / keys.length) * 100 - 9.1)).toBeLessThan(2);
    expect(keys.every((_, i) => eleven[i] === ten[i] || eleven[i] === servers[10]!.address)).toBe(true);
    await until('the new node stores', async () =>
      /STAT curr_items [1-9]/.test(await exchange(servers[10]!.port, 'stats\r\n')),
    );

    count = 10;
    await herd.refresh();
    await passed();
    await herd.refresh();
    expect(owners()).toEqual(ten);
    await passed();
    await until(
      'the connection to the eleventh is closed',
      async () => (await connectionsOf(servers[10]!)).open === unused.open,
    );

    running = false;
    await load;
    const after = await Promise.all(survivors.map(connectionsOf));
    expect(after).toEqual(before.map(({ open, ever }) => ({ open, ever: ever + 1 })));
    await herd.close();
  }, 120_000);

  it('bears the restart of all nodes at once, without an error that nobody handles', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    process.on('uncaughtExceptionMonitor', note);
    const some = keys.slice(0, 200);
    const herd = await startHerd({
      discovery: staticNodes(servers.map(({ address }) => address)),
      driver,
      timeoutMs: 1000,
    });
    for (const key of some) expect(await herd.set(key, 'old')).toBe(true);
    await Promise.all(servers.map((server) => server.kill()));
    expect(await Promise.all(some.map((key) => herd.get(key)))).toEqual(some.map(() => undefined));
    expect(await herd.getMany(some)).toEqual(new Map());
    await until('a node is down', async () => {
      expect(await herd.getMany(some)).toEqual(new Map());
      return herd.topology.nodes.some(({ health }) => health.state === 'down');
    });
    await Promise.all(servers.map((server) => server.restart()));
    await until('all are up', () => herd.topology.nodes.every(({ health }) => health.state === 'up'), 30_000);
    await until(
      'all store again',
      async () => (await Promise.all(some.map((key) => herd.set(key, 'new')))).every(Boolean),
      30_000,
    );
    expect(new Set((await herd.getMany(some)).values())).toEqual(new Set(['new']));
    await herd.close();
    process.off('unhandledRejection', note);
    process.off('uncaughtExceptionMonitor', note);
    expect(unhandled).toEqual([]);
  }, 120_000);
});

it('holds a thousand nodes, and lets go of them', async () => {
  // All of 127.0.0.0/8 leads to this host: one server stands for a thousand addresses.
  const server = await startMemcachedNode({ host: '0.0.0.0' });
  const addresses = Array.from({ length: 1000 }, (_, i) => `127.0.${1 + (i >> 8)}.${i & 255}:${server.port}`);
  // One server accepts 511 at a time, and the others try again after a second.
  const patient = memcached({ defaultTtl: '10m', connectTimeoutMs: 30_000 });
  const herd = await startHerd({
    discovery: staticNodes(addresses),
    driver: patient,
    router: maglev(),
    onNodeDown: 'error',
    timeoutMs: 30_000,
    firstContactMs: 30_000,
  });
  await until('all are up', () => herd.topology.nodes.every(({ health }) => health.state === 'up'), 30_000);
  for (const key of keys.slice(0, 100)) await herd.set(key, key);
  expect((await herd.getMany(keys.slice(0, 100))).size).toBe(100);
  const shares = herd.snapshot().nodes.map(({ share }) => share);
  expect(shares.filter((share) => share > 0).length).toBeGreaterThan(990);
  await herd.close();
  await until(
    'all connections are closed',
    async () => /STAT curr_connections 1\r/.test(await exchange(server.port, 'stats\r\n')),
    30_000,
  );
  await server.close();
}, 120_000);

describe('a fleet that scales in', () => {
  it.each([
    [6, 2, 'with a newer version', 1],
    [6, 2, 'without a version', 3],
    [30, 3, 'with a newer version', 1],
    [30, 3, 'without a version', 3],
  ])(
    'from %p to %p nodes %s, under load: without a failed request, and reported',
    async (from, to, how, answers) => {
      const nodes = await Promise.all(Array.from({ length: from }, () => startMemcachedNode()));
      const list = nodes.map(({ host, port }) => `${host}:${port}`);
      let count = from;
      let version = 1;
      const discovery = callbackNodes(() =>
        how === 'with a newer version' ? { nodes: list.slice(0, count), version } : list.slice(0, count),
      );
      const name = `from ${from} to ${to} ${how}`;
      const herd = await startHerd({ name, discovery, driver, onNodeDown: 'error', timeoutMs: 10_000, refresh: '1h' });
      const sizes: number[] = [];
      const states: string[] = [];
      let last = herd.topology.discovery;
      const heard = (message: unknown): void => {
        const { herd: whose, topology } = message as TopologyMessage;
        // The channel is every herd's of the process, and reports the nodes' health too.
        if (whose !== name || topology.discovery === last) return;
        last = topology.discovery;
        sizes.push(topology.nodes.length);
        states.push(topology.discovery.state === 'rejected' ? topology.discovery.reason : topology.discovery.state);
      };
      subscribe('rookery:herd:topology', heard);
      let running = true;
      let requests = 0;
      const load = Promise.all(
        Array.from({ length: 10 }, async (_, lane) => {
          for (let i = lane; running; i += 10, requests += 1) {
            const key = `key-${i % 300}`;
            if (i % 3 === 0) expect(await herd.set(key, key)).toBe(true);
            else expect([key, undefined]).toContain(await herd.get(key));
          }
        }),
      );
      const passed = async (): Promise<void> => {
        const since = requests;
        await until('there were requests', () => requests > since + 300, 30_000);
      };
      await passed();
      count = to;
      version = 2;
      for (let answer = 1; answer <= answers; answer++) {
        expect(herd.topology.nodes).toHaveLength(from);
        await herd.refresh();
        await passed();
      }
      expect(herd.topology.nodes.map(({ node }) => node.id).sort()).toEqual(list.slice(0, to).sort());
      running = false;
      await load;
      unsubscribe('rookery:herd:topology', heard);
      expect(sizes.at(-1)).toBe(to);
      expect(states).toEqual(
        answers === 1
          ? ['accepted']
          : [
              `it found ${to} of ${from} nodes, in answer 1 of 3 that must agree`,
              `it found ${to} of ${from} nodes, in answer 2 of 3 that must agree`,
              'accepted',
            ],
      );
      const stored = Array.from({ length: 300 }, (_, i) => `key-${i}`);
      expect(await Promise.all(stored.map((key) => herd.set(key, key)))).not.toContain(false);
      await herd.close();
      await Promise.all(nodes.map((node) => node.close()));
    },
    60_000,
  );
});
