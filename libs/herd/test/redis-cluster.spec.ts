import { HerdOptionError, startHerd } from '@rookery/herd';
import type { HerdOptions } from '@rookery/herd';
import { redisCluster } from '@rookery/herd/redis';
import type { RedisClusterOptions } from '@rookery/herd/redis';

import { until } from './poll.js';
import { askRedis, redisCli, startRedisCluster } from './redis-fleets.js';

/** Its servers mark each other as failed after a second, which happens on a busy machine now and then. */
const WHOLE_WITHIN_MS = 60_000;
const keys = Array.from({ length: 200 }, (_, i) => `key-${i}`);

describe('a herd on a Redis Cluster', () => {
  let fleet: Awaited<ReturnType<typeof startRedisCluster>>;
  beforeAll(async () => {
    fleet = await startRedisCluster();
  }, 60_000);
  afterAll(() => fleet?.stop());

  const start = (herd: Partial<HerdOptions<object, object>> = {}, options: Partial<RedisClusterOptions> = {}) =>
    startHerd({
      ...redisCluster({ nodes: fleet.addresses.slice(0, 2), defaultTtl: '1m', ...options }),
      onNodeDown: 'error',
      timeoutMs: 2000,
      probeMs: 50,
      maxProbeMs: 100,
      ...(herd as object),
    });
  type Herd = Awaited<ReturnType<typeof start>>;
  const allUp = (herd: Herd) => herd.topology.nodes.every(({ health }) => health.state === 'up');
  const isWhole = async (): Promise<boolean> => {
    const infos = await Promise.all(
      fleet.servers.map(({ port }) => askRedis<string>(port, 'CLUSTER', 'INFO').catch(() => '')),
    );
    return infos.every((info) => info.includes('cluster_state:ok') && info.includes('cluster_slots_fail:0'));
  };
  const primaries = async (): Promise<Map<number, string>> => {
    const slots = await askRedis<[number, number, [string, number, string]][]>(
      fleet.servers[5]!.port,
      'CLUSTER',
      'SLOTS',
    );
    return new Map(slots.map(([, , [, port, id]]) => [port, id]));
  };

  it('routes each key to the shard of its slot, and has every command', async () => {
    const herd = await start();
    expect(herd.topology.nodes).toHaveLength(3);
    await Promise.all(keys.map((key) => herd.set(key, { key })));
    expect(await herd.getMany([...keys, 'none'])).toEqual(new Map(keys.map((key) => [key, { key }])));
    const counts = await Promise.all(herd.topology.nodes.map(({ node }) => herd.on(node, (c) => c.stats())));
    expect(
      counts.reduce((sum, stats) => sum + Number(/keys=(\d+)/.exec(stats.db0 ?? '')?.[1] ?? 0), 0),
    ).toBeGreaterThanOrEqual(200);
    await herd.add('{count}:1', 5);
    expect([await herd.incr('{count}:1'), await herd.decr('{count}:1', 2)]).toEqual([6, 4]);
    const found = (await herd.gets('key-1'))!;
    expect(await herd.cas('key-1', 'new', found.cas)).toBe('stored');
    expect([await herd.touch('key-1'), await herd.delete('key-1'), await herd.get('key-1')]).toEqual([
      true,
      true,
      undefined,
    ]);
    expect(herd.nodeFor('{a}:1')).toBe(herd.nodeFor('{a}:2'));
    await herd.close();
  });

  it('serves as a cache, with namespaces', async () => {
    const herd = await start();
    const users = herd.namespace('users');
    let loads = 0;
    const load = () => Promise.resolve(++loads);
    expect(await Promise.all(Array.from({ length: 10 }, () => users.getOrSet('k', '1m', load)))).toEqual(
      Array(10).fill(1),
    );
    expect(await users.clear()).toBe(true);
    expect(await users.getOrSet('k', '1m', load)).toBe(2);
    await herd.close();
  });

  it('reshards under load without a failed or wrong answer', async () => {
    const herd = await start();
    await Promise.all(keys.map((key) => herd.set(key, key)));
    const [from, to] = [...(await primaries()).values()];
    let over = false;
    let asked = 0;
    const load = async (): Promise<void> => {
      for (let i = 0; !over; i++, asked++) {
        const key = keys[(i * 7) % keys.length]!;
        if (i % 3 === 0) expect(await herd.set(key, key)).toBe(true);
        else if (i % 3 === 1) expect(await herd.get(key)).toBe(key);
        else expect((await herd.getMany(keys.slice(0, 20))).size).toBe(20);
      }
    };
    const loads = Promise.all([load(), load(), load()]);
    await redisCli(
      '--cluster',
      'reshard',
      fleet.addresses[0]!,
      '--cluster-from',
      from!,
      '--cluster-to',
      to!,
      '--cluster-slots',
      '1500',
      '--cluster-yes',
    );
    over = true;
    await loads;
    expect(asked).toBeGreaterThan(100);
    expect(await herd.getMany(keys)).toEqual(new Map(keys.map((key) => [key, key])));
    await herd.close();
  }, 60_000);

  it('goes on at the new primary when one is demoted, at once', async () => {
    const herd = await start();
    await Promise.all(keys.map((key) => herd.set(key, 0)));
    const before = await primaries();
    const replica = fleet.servers.find(({ port }) => !before.has(port))!;
    await until('the replica may take over', async () =>
      (await askRedis<string>(replica.port, 'INFO', 'replication')).includes('master_link_status:up'),
    );
    await askRedis(replica.port, 'CLUSTER', 'FAILOVER');
    await until('it is the primary', async () => (await askRedis<[string]>(replica.port, 'ROLE'))[0] === 'master');
    const failures: unknown[] = [];
    /** A cluster that takes itself for failed has carried out nothing. */
    const incr = async (key: string): Promise<unknown> =>
      herd.incr(key).catch(async (error: Error) => {
        if (!error.message.includes('CLUSTERDOWN')) throw error;
        await until('the cluster is whole', isWhole, WHOLE_WITHIN_MS);
        return incr(key);
      });
    for (let round = 0; round < 3; round++)
      for (const key of keys) await incr(key).catch((error: unknown) => failures.push(error));
    expect(failures).toEqual([]);
    expect(new Set((await herd.getMany(keys)).values())).toEqual(new Set([3]));
    expect(herd.topology.nodes).toHaveLength(3);
    expect(allUp(herd)).toBe(true);
    await herd.close();
  }, 120_000);

  it('holds up no other shard when a primary is killed, and goes on at its replica, without a stale value', async () => {
    await until('the cluster is whole', isWhole, WHOLE_WITHIN_MS);
    const herd = await start({ onNodeDown: 'miss', timeoutMs: 250 });
    const before = await primaries();
    const victim = fleet.servers.find(({ port }) => before.has(port))!;
    await Promise.all(keys.map((key) => herd.set(key, 'old')));
    await until('the replicas have it', async () => {
      const replies = await Promise.all([...before.keys()].map((port) => askRedis(port, 'WAIT', '1', '1000')));
      return replies.every((count) => Number(count) >= 1);
    });
    const shard = herd.topology.nodes.find(
      ({ node }) => before.get(victim.port) === node.id || node.port === victim.port,
    )!.node;
    const own = keys.filter((key) => herd.nodeFor(key)!.id === shard.id);
    const others = keys.filter((key) => herd.nodeFor(key)!.id !== shard.id);
    expect(own.length).toBeGreaterThan(10);
    await victim.kill();
    await until('the shard is down', async () => {
      await Promise.all(own.slice(0, 5).map((key) => herd.get(key)));
      return herd.topology.nodes.find(({ node }) => node.id === shard.id)!.health.state === 'down';
    });
    expect((await herd.getMany(others)).size).toBe(others.length);
    for (const key of own) expect(await herd.set(key, 'missed')).toBe(false);
    await until('the shard is used again', () => allUp(herd), WHOLE_WITHIN_MS);
    for (const key of own) expect(await herd.get(key)).not.toBe('old');
    await until('it stores again', async () =>
      (await Promise.all(own.map((key) => herd.set(key, 'new')))).every(Boolean),
    );
    await victim.restart();
    await until('the cluster is whole again', isWhole, WHOLE_WITHIN_MS);
    expect(new Set((await herd.getMany(own)).values())).toEqual(new Set(['new']));
    await herd.close();
  }, 240_000);

  it('uses a shard again as soon as it answers, though another is still silent', async () => {
    await until('the cluster is whole', isWhole, WHOLE_WITHIN_MS);
    const herd = await start({ onNodeDown: 'miss', timeoutMs: 200, refresh: '1h' });
    const ownerOf = (key: string) => herd.nodeFor(key)!.id;
    const key = keys.find((one) => ownerOf(one) !== ownerOf(`${one}:rookery-write-probe`))!;
    const healthOf = (id: string) => herd.topology.nodes.find(({ node }) => node.id === id)!.health.state;
    const [shard, other] = [ownerOf(key), ownerOf(`${key}:rookery-write-probe`)];
    const before = await primaries();
    const serverOf = (id: string) => fleet.servers.find(({ port }) => before.get(port) === id)!;
    const configure = (name: string, value: string) =>
      Promise.all(fleet.servers.map(({ port }) => askRedis(port, 'CONFIG', 'SET', name, value)));
    // No server calls another failed, and no replica takes over.
    await configure('cluster-node-timeout', '60000');
    const replicas = fleet.servers.filter(({ port }) => !before.has(port));
    for (const server of [...replicas, serverOf(shard), serverOf(other)]) server.pause();
    try {
      const others = keys.filter((one) => ownerOf(one) === other).slice(0, 3);
      await until('both are down', async () => {
        await Promise.all([key, ...others].map((one) => herd.get(one)));
        return healthOf(shard) === 'down' && healthOf(other) === 'down';
      });
      serverOf(shard).resume();
      await until('the one is used', () => healthOf(shard) === 'up');
      expect(healthOf(other)).toBe('down');
    } finally {
      for (const server of fleet.servers) server.resume();
      await configure('cluster-node-timeout', '1000');
      await herd.close();
    }
    await until('the cluster is whole again', isWhole, WHOLE_WITHIN_MS);
  }, 240_000);

  it('finds the cluster by any server that answers, and starts where none does', async () => {
    const herd = await start({}, { nodes: ['127.0.0.1:9', fleet.addresses[3]!] });
    expect(herd.topology.nodes).toHaveLength(3);
    await herd.close();
    const alone = await start({}, { nodes: ['127.0.0.1:9'] });
    expect(alone.topology.discovery).toMatchObject({
      state: 'rejected',
      reason: expect.stringMatching(/No server of the cluster gave its slots \(.*ECONNREFUSED/) as string,
    });
    await alone.close();
  });

  it('may be two of the same parts, of which one closes', async () => {
    await until('the cluster is whole', isWhole, WHOLE_WITHIN_MS);
    const parts = redisCluster({ nodes: fleet.addresses.slice(0, 2), defaultTtl: '1m' });
    const [one, other] = await Promise.all(['one', 'other'].map((name) => start({ ...parts, name })));
    await Promise.all(keys.map((key) => one!.set(key, key)));
    expect((await other!.getMany(keys)).size).toBe(keys.length);
    await one!.close();
    expect((await other!.getMany(keys)).size).toBe(keys.length);
    const again = await start({ ...parts });
    await other!.close();
    expect((await again.getMany(keys)).size).toBe(keys.length);
    await again.close();
  }, 60_000);

  it('refuses the policy next, which it cannot carry out', async () => {
    await expect(start({ onNodeDown: 'next' })).rejects.toThrow(HerdOptionError);
    const herd = await start();
    expect(() => herd.withPolicy({ onNodeDown: 'next' })).toThrow(`must be 'miss' or 'error' with redisCluster()`);
    await herd.close();
  });
});

it.each<[object, string]>([
  [{}, 'nodes '],
  [{ nodes: [] }, 'nodes '],
  [{ nodes: ['a'] }, 'nodes[0] '],
  [{ nodes: ['a:0'] }, 'nodes[0] '],
  [{ nodes: ['a:1'], connection: { db: 1 } }, 'connection.db '],
  [{ nodes: ['a:1'], connection: { path: '/a' } }, 'connection.path '],
  [{ nodes: ['a:1'], node: 'a:1' }, 'did you mean nodes?'],
])('redisCluster() refuses %j', (options, why) => {
  expect(() => redisCluster(options as never)).toThrow(HerdOptionError);
  expect(() => redisCluster(options as never)).toThrow(why);
});
