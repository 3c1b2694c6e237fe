import { HerdNodeError, HerdOptionError, HerdRequestError, startHerd, staticNodes } from '@rookery/herd';
import type { HerdSnapshot, Node } from '@rookery/herd';
import { redis } from '@rookery/herd/redis';
import type { RedisOptions } from '@rookery/herd/redis';
import { startRedis } from '@rookery/services';
import type { RunningServer } from '@rookery/services';
import { Redis } from 'ioredis';

import { until } from './poll.js';

const minute = { ttl: '1m' } as const;
const keys = Array.from({ length: 60 }, (_, i) => `key-${i}`);

const probesOf = (nodes: HerdSnapshot['nodes'], port: number): number => {
  const health = nodes.find(({ node }) => node.port === port)!.health;
  return health.state === 'down' ? health.probes : 0;
};

describe('a herd of Redis nodes', () => {
  let servers: RunningServer[];
  beforeAll(async () => {
    servers = await Promise.all([startRedis(), startRedis(), startRedis()]);
    const open = new Redis({ host: servers[2]!.host, port: servers[2]!.port });
    await open.config('SET', 'requirepass', 'secret');
    open.disconnect();
  }, 30_000);
  afterAll(() => Promise.all((servers ?? []).map((server) => server.stop())));

  const address = ({ host, port }: RunningServer): string => `${host}:${port}`;
  const connection = ({ port }: Node) => (port === servers[2]!.port ? { password: 'secret' } : {});
  const start = (options: RedisOptions = { connection }, herd: object = {}) =>
    startHerd({
      discovery: staticNodes(servers.map(address)),
      driver: redis(options),
      onNodeDown: 'error',
      timeoutMs: 2000,
      ...herd,
    });
  const direct = (server: RunningServer) =>
    new Redis({ host: server.host, port: server.port, ...(server === servers[2] && { password: 'secret' }) });

  it('spreads keys over its nodes, each with the connection that it needs', async () => {
    const herd = await start();
    await Promise.all(keys.map((key) => herd.set(key, { key }, minute)));
    expect(await herd.getMany(keys)).toEqual(new Map(keys.map((key) => [key, { key }])));
    const counts = await Promise.all(
      herd.topology.nodes.map(({ node }) => herd.on(node, async (c) => (await c.stats()).db0)),
    );
    for (const count of counts) expect(count).toMatch(/^keys=[1-9]/);
    await herd.close();
  });

  it('reports why a node that refuses the password is down', async () => {
    const herd = await start({});
    const { health } = herd.topology.nodes[2]!;
    expect(health).toMatchObject({ state: 'down', reason: expect.stringMatching(/NOAUTH/) as string });
    await herd.close();
  });

  it('keeps JSON as it is, in milliseconds, and reads what other clients wrote', async () => {
    const herd = await start();
    const key = keys.find((name) => herd.nodeFor(name)!.port === servers[0]!.port)!;
    const other = direct(servers[0]!);
    await herd.set(key, { a: 1 }, { ttl: 60_500 });
    expect(await other.get(key)).toBe('{"a":1}');
    const left = await other.pttl(key);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(60_500);
    await other.set(key, '[1,2]');
    expect(await herd.get(key)).toEqual([1, 2]);
    await other.set(key, 'no JSON');
    await expect(herd.get(key)).rejects.toThrow(HerdRequestError);
    await other.del(key);
    await other.lpush(key, 'a');
    for (const wrong of [herd.get(key), herd.incr(key), herd.gets(key)])
      await expect(wrong).rejects.toThrow(/WRONGTYPE/);
    expect(herd.topology.nodes.every(({ health }) => health.state === 'up')).toBe(true);
    await herd.delete(key);
    other.disconnect();
    await herd.close();
  });

  it('answers within the deadline while a node is frozen, and serves nothing old when it is back', async () => {
    const herd = await start({ connection }, { onNodeDown: 'miss', timeoutMs: 100 });
    const victim = servers[1]!;
    await Promise.all(keys.map((key) => herd.set(key, 'old', minute)));
    const own = keys.filter((key) => herd.nodeFor(key)!.port === victim.port);
    const state = () => herd.topology.nodes.find(({ node }) => node.port === victim.port)!.health.state;
    victim.pause();
    try {
      await until('the node is marked down', async () => {
        await Promise.all(own.map((key) => herd.get(key)));
        return state() === 'down';
      });
      expect(await herd.delete(own[0]!)).toBe(false);
      expect(await herd.set(own[1]!, 'new', minute)).toBe(false);
      expect((await herd.getMany(keys)).size).toBe(keys.length - own.length);
    } finally {
      victim.resume();
    }
    await until('the node is up', () => state() === 'up');
    expect((await herd.getMany(own)).size).toBe(own.length - 2);
    await herd.close();
  }, 30_000);

  it('survives the restart of all nodes at once without an unhandled error', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    process.on('uncaughtExceptionMonitor', note);
    const herd = await start({ connection }, { onNodeDown: 'miss' });
    await Promise.all(servers.slice(0, 2).map((server) => server.kill()));
    await Promise.all(keys.map((key) => herd.get(key)));
    await Promise.all(servers.slice(0, 2).map((server) => server.restart()));
    await until('all are up', () => herd.topology.nodes.every(({ health }) => health.state === 'up'));
    await until('all store again', async () =>
      (await Promise.all(keys.map((key) => herd.set(key, 1, minute)))).every(Boolean),
    );
    await herd.close();
    expect(unhandled).toEqual([]);
    process.off('unhandledRejection', note);
    process.off('uncaughtExceptionMonitor', note);
  }, 30_000);

  it('does not use a server that has become a replica, until it is a primary again', async () => {
    const herd = await start({ connection }, { onNodeDown: 'miss', probeMs: 20, maxProbeMs: 50 });
    const victim = servers[0]!;
    const own = keys.filter((key) => herd.nodeFor(key)!.port === victim.port);
    const health = () => herd.topology.nodes.find(({ node }) => node.port === victim.port)!.health;
    const flips: string[] = [];
    const subscription = herd.topology$.subscribe(() => flips.push(health().state));
    await Promise.all(own.map((key) => herd.set(key, 0, minute)));
    const admin = direct(victim);
    await admin.call('REPLICAOF', '127.0.0.1', '1');
    await until('the node is down', async () => {
      await Promise.all(own.map((key) => herd.incr(key)));
      return health().state === 'down';
    });
    expect((health() as { reason?: string }).reason).toMatch(/READONLY.*: see that the server is a primary/);
    await until('it was probed', () => probesOf(herd.snapshot().nodes, victim.port) > 3);
    expect(flips.filter((state, i) => state !== flips[i - 1])).toEqual(['up', 'down']);
    await admin.call('REPLICAOF', 'NO', 'ONE');
    await until('it counts again', async () => {
      await herd.add(own[0]!, 0, minute);
      return (await herd.incr(own[0]!)) !== undefined;
    });
    subscription.unsubscribe();
    admin.disconnect();
    await herd.close();
  }, 30_000);

  it.each([
    ['250 bytes', 'k'.repeat(250)],
    ['251 bytes', 'k'.repeat(251)],
    ['spaces', 'a b'],
    ['control characters', 'a\r\nFLUSHALL\0'],
    ['many bytes each', '漢😀é'.repeat(100)],
  ])('accepts keys of %s, in every command', async (_kind, key) => {
    const herd = await start();
    expect(await herd.set(key, 1, minute)).toBe(true);
    expect([await herd.get(key), await herd.incr(key), await herd.touch(key, minute)]).toEqual([1, 2, true]);
    expect(await herd.getMany([key])).toEqual(new Map([[key, 2]]));
    expect([await herd.delete(key), await herd.get(key)]).toEqual([true, undefined]);
    await herd.close();
  });

  it.each([[''], [undefined], [7]])('refuses the key %p', async (key) => {
    const herd = await start();
    for (const command of [
      herd.get(key as string),
      herd.getMany(['ok', key as string]),
      herd.set(key as string, 1, minute),
      herd.delete(key as string),
      herd.incr(key as string),
      herd.touch(key as string, minute),
    ]) {
      await expect(command).rejects.toThrow('A Redis key must be a text that is not empty');
    }
    await herd.close();
  });

  it('accepts values of 1 MiB, refuses those above maxValueBytes by name, and goes on', async () => {
    const herd = await start();
    const mebibyte = 'x'.repeat(2 ** 20);
    expect(await herd.set('big', mebibyte, minute)).toBe(true);
    expect(await herd.get('big')).toBe(mebibyte);
    await expect(herd.set('big', 'x'.repeat(8_000_000), minute)).rejects.toThrow(
      'has 8000002 bytes, above maxValueBytes 8000000',
    );
    expect(await herd.get('big')).toBe(mebibyte);
    await herd.delete('big');
    await herd.close();
  });

  it('stores any bytes and flags of a codec', async () => {
    const raw = {
      encode: (value: unknown) => ({ bytes: value as Buffer, flags: 77 }),
      decode: ({ bytes, flags }: { bytes: Buffer; flags: number }) => ({ bytes, flags }),
    };
    const herd = await start({ connection, codec: raw });
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, i) => i % 256));
    await herd.set('raw', bytes, minute);
    expect(await herd.get('raw')).toEqual({ bytes, flags: 77 });
    await herd.close();
  });

  it('serves as a cache', async () => {
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

  it('refuses a server that is no Redis', async () => {
    const herd = await startHerd({ discovery: staticNodes(['127.0.0.1:9']), driver: redis(), onNodeDown: 'error' });
    await expect(herd.get('k')).rejects.toThrow(HerdNodeError);
    await herd.close();
  });

  it.each([
    [{ codec: {} }, 'codec'],
    [{ maxValueBytes: 0 }, 'maxValueBytes'],
    [{ connectTimeoutMs: '1s' }, 'connectTimeoutMs'],
    [{ defaultTtl: -1 }, 'defaultTtl'],
    [{ connection: 'secret' }, 'connection'],
    [{ password: 'secret' }, 'password'],
    [{ connection: { pasword: 'secret' } }, 'did you mean connection.password?'],
  ])('refuses the options %j, and names the wrong one', (options, name) => {
    const wrong = () => redis(options as never);
    expect(wrong).toThrow(HerdOptionError);
    expect(wrong).toThrow(`${name} `);
  });
});
