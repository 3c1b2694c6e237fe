import { HerdNodeDownError, HerdNodeError, HerdTimeoutError, startHerd, staticNodes } from '@rookery/herd';
import type { HerdOptions, Topology } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { startMemcached } from '@rookery/services';
import type { RunningServer } from '@rookery/services';

import { until } from './poll.js';

const minute = { ttl: '1m' } as const;
const keys = Array.from({ length: 59 }, (_, i) => `key-${i}`);

/** Probes come every second at the latest; a busy machine may take its time over them. */
const readmittedMs = 20_000;

describe('a herd of three nodes', () => {
  let servers: RunningServer[];
  beforeAll(async () => {
    servers = await Promise.all([startMemcached(), startMemcached(), startMemcached()]);
  }, 30_000);
  afterAll(() => Promise.all((servers ?? []).map((server) => server.stop())));

  const start = (options: Partial<HerdOptions<never, never>> = {}) =>
    startHerd({
      discovery: staticNodes(servers.map(({ address }) => address)),
      driver: memcached(),
      ...(options as object),
    });
  type Cache = Awaited<ReturnType<typeof start>>;
  const stateOf = (herd: Cache, server: RunningServer) =>
    herd.topology.nodes.find(({ node }) => node.id === server.address)!.health.state;
  const isUp = (herd: Cache, server: RunningServer) => () => stateOf(herd, server) === 'up';
  const isDown = (herd: Cache, server: RunningServer) => () => stateOf(herd, server) === 'down';

  /** Gets all keys over and over, 20 at once, until `stop`; any throw, and any request that never ends, fails the test. */
  function load(herd: Cache) {
    let running = true;
    const lane = async (offset: number) => {
      for (let i = offset; running; i++) {
        const key = keys[i % keys.length]!;
        await (i % 5 === 0 ? herd.set(key, key, minute) : herd.get(key));
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    };
    const lanes = Promise.all(Array.from({ length: 20 }, (_, i) => lane(i * 3)));
    const stop = async () => {
      running = false;
      await lanes;
    };
    return { stop };
  }

  it('answers while a node is killed, and uses it again after its restart', async () => {
    const herd = await start();
    const [victim] = servers as [RunningServer];
    const requests = load(herd);
    await until('values are stored', async () => (await herd.getMany(keys)).size === keys.length);
    await victim.kill();
    await until('the node is marked down', isDown(herd, victim));
    const own = keys.find((key) => herd.nodeFor(key)!.id === victim.address)!;
    const others = keys.filter((key) => herd.nodeFor(key)!.id !== victim.address);
    expect(await herd.get(own)).toBeUndefined();
    expect(await herd.set(own, 1, minute)).toBe(false);
    expect((await herd.getMany(keys)).size).toBe(others.length);
    await victim.restart();
    await until('the node is up', isUp(herd, victim), readmittedMs);
    await until('the node stores again', () => herd.set(own, 1, minute));
    await requests.stop();
    await herd.close();
  }, 30_000);

  it('answers while a node is frozen, without asking it when it is marked down, and uses it again', async () => {
    const herd = await start();
    const victim = servers[1]!;
    const requests = load(herd);
    await until('values are stored', async () => (await herd.getMany(keys)).size === keys.length);
    victim.pause();
    try {
      await until('the node is marked down', isDown(herd, victim));
      const own = keys.find((key) => herd.nodeFor(key)!.id === victim.address)!;
      await expect(herd.withPolicy({ onNodeDown: 'error' }).get(own)).rejects.toThrow(HerdNodeDownError);
    } finally {
      victim.resume();
    }
    await until('the node is up', isUp(herd, victim), readmittedMs);
    await requests.stop();
    await herd.close();
  }, 30_000);

  it('throws under the policy error: what is missing and what is unknown are not the same', async () => {
    const herd = await start({ timeoutMs: 100, ejectAfter: 2 });
    const strict = herd.withPolicy({ onNodeDown: 'error' });
    const victim = servers[2]!;
    const own = keys.find((key) => herd.nodeFor(key)!.id === victim.address)!;
    await herd.set(own, 1, minute);
    const { cas } = (await strict.gets(own))!;
    victim.pause();
    try {
      // The threads of a server that is at work take a moment to stop.
      let failure: unknown;
      await until('the node is frozen', async () => {
        failure = await strict.gets(own).then(
          () => undefined,
          (error: unknown) => error,
        );
        return failure !== undefined;
      });
      expect(failure).toBeInstanceOf(HerdTimeoutError);
      await expect(strict.add(own, 1, minute)).rejects.toThrow(HerdTimeoutError);
      await until('the node is marked down', isDown(herd, victim));
      await expect(strict.getMany(keys)).rejects.toThrow(HerdNodeDownError);
      await expect(strict.cas(own, 2, cas, minute)).rejects.toThrow(HerdNodeDownError);
      await expect(herd.on(herd.nodeFor(own)!, (c) => c.stats())).rejects.toThrow(HerdNodeDownError);
      expect(await herd.cas(own, 2, cas, minute)).toBe('missing');
      expect(await herd.incr(own)).toBeUndefined();
      expect(await herd.withPolicy({ timeoutMs: 20 }).delete(own)).toBe(false);
    } finally {
      victim.resume();
    }
    await until('the node is up', isUp(herd, victim));
    expect(await strict.cas(own, 2, cas, minute)).toBe('exists');
    await herd.close();
  });

  it('starts although all nodes are down, and uses them when they come', async () => {
    for (const server of servers) await server.kill();
    const herd = await start();
    try {
      expect(herd.topology.nodes.map(({ health }) => health.state)).toEqual(['down', 'down', 'down']);
      expect(herd.topology.nodes[0]!.health).toMatchObject({
        reason: expect.stringContaining('ECONNREFUSED') as string,
      });
      expect(await herd.get('k')).toBeUndefined();
      expect(await herd.getMany(keys)).toEqual(new Map());
      await expect(herd.withPolicy({ onNodeDown: 'error' }).get('k')).rejects.toThrow(HerdNodeError);
    } finally {
      await Promise.all(servers.map((server) => server.restart()));
    }
    await until('all are up', () => servers.every((server) => stateOf(herd, server) === 'up'), readmittedMs);
    expect(await herd.set('k', 1, minute)).toBe(true);
    await herd.close();
  }, 30_000);

  it('flushes one node, and no other', async () => {
    const herd = await start({ onNodeDown: 'error' } as never);
    await Promise.all(keys.map((key) => herd.set(key, 1, minute)));
    const node = herd.nodeFor(keys[0]!)!;
    await herd.on(node, (c) => c.flush());
    const kept = keys.filter((key) => herd.nodeFor(key) !== node);
    expect([...(await herd.getMany(keys)).keys()].sort()).toEqual(kept.sort());
    await herd.close();
  });

  it('publishes each change as a frozen picture, the present one first, and completes at the end', async () => {
    const herd = await start();
    const pictures: Topology[] = [];
    let completed = false;
    herd.topology$.subscribe({ next: (topology) => pictures.push(topology), complete: () => (completed = true) });
    expect(pictures).toHaveLength(1);
    const victim = servers[0]!;
    await victim.kill();
    await herd.refresh();
    await victim.restart();
    await until('the node is up', isUp(herd, victim));
    await herd.close();
    const states = pictures.map(({ nodes }) => nodes.find(({ node }) => node.id === victim.address)!.health.state);
    expect(states.filter((state, i) => state !== states[i - 1])).toEqual(['up', 'down', 'up']);
    expect(pictures.map(({ version }) => version)).toEqual(pictures.map((_, i) => pictures[0]!.version + i));
    expect(completed).toBe(true);
    for (const part of [pictures[0]!, pictures[0]!.nodes, pictures[0]!.nodes[0]!, pictures[0]!.discovery])
      expect(Object.isFrozen(part)).toBe(true);
    await expect(herd.get('k')).rejects.toThrow('is closed');
  });
});
