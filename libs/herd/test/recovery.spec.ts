import { callbackNodes, startHerd, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { redis } from '@rookery/herd/redis';
import { startMemcachedNode } from '@rookery/herd/testing';
import { startMemcached, startRedis } from '@rookery/services';
import type { RunningServer } from '@rookery/services';
import { Redis } from 'ioredis';

import { exchange } from './exchange.js';
import { until } from './poll.js';

const hour = { ttl: '1h' } as const;
const missed = Array.from({ length: 10_400 }, (_, i) => `missed:${i}`);
const kept = Array.from({ length: 200 }, (_, i) => `kept:${i}`);
const bare = (server: RunningServer): string => server.address.replace('redis://', '');

const start = (address: string, driver: 'redis' | 'memcached') =>
  startHerd({
    discovery: staticNodes([address]),
    driver: driver === 'redis' ? redis() : memcached(),
    timeoutMs: 2000,
    maxQueue: 20_000,
    lateWritesMs: 300,
  });
type Cache = Awaited<ReturnType<typeof start>>;
const healthOf = (herd: Cache) => herd.snapshot().nodes[0]!.health;
const isUp = (herd: Cache) => (): boolean => healthOf(herd).state === 'up';
const isDown = (herd: Cache) => async (): Promise<boolean> => {
  await herd.get('any');
  return healthOf(herd).state === 'down';
};

/** What a node missed is forgotten, and no more than that, whatever stands beside it. */
async function forgets(herd: Cache, away: () => Promise<void>, back: () => Promise<void>): Promise<void> {
  for (let i = 0; i < missed.length; i += 2000)
    await Promise.all(missed.slice(i, i + 2000).map((key) => herd.set(key, 'old', hour)));
  await Promise.all(kept.map((key) => herd.set(key, 'kept', hour)));
  await away();
  await until('the node is down', isDown(herd));
  expect(await Promise.all(missed.map((key) => herd.set(key, 'new', hour)))).not.toContain(true);
  await back();
  await until('the node is used again', isUp(herd), 2000);
  for (let i = 0; i < missed.length; i += 1000)
    expect(await herd.getMany(missed.slice(i, i + 1000))).toEqual(new Map());
  // Of 200 keys that nobody wrote meanwhile, a compact set may doubt one or two.
  expect((await herd.getMany(kept)).size).toBeGreaterThan(190);
  expect(await herd.set(missed[0]!, 'later', hour)).toBe(true);
  expect(await herd.get(missed[0]!)).toBe('later');
}

describe('a node that was away while more was written than is kept exactly', () => {
  const servers: RunningServer[] = [];
  afterAll(() => Promise.all(servers.map((server) => server.stop())));
  const begun = (server: RunningServer): RunningServer => {
    servers.push(server);
    return server;
  };

  it.each([
    ['with the data of others', []],
    ['which refuses to be flushed', ['--rename-command', 'FLUSHDB', '', '--rename-command', 'FLUSHALL', '']],
  ])(
    'Redis %s',
    async (_, args) => {
      const server = begun(await startRedis({ args }));
      const other = new Redis(server.address);
      const jobs = Array.from({ length: 300 }, (_, i) => `bull:mail:${i}`);
      for (const job of jobs) await other.hset(job, 'data', '{}');
      await other.lpush('bull:mail:wait', ...jobs);
      const herd = await start(bare(server), 'redis');
      await forgets(
        herd,
        () => Promise.resolve(server.pause()),
        () => Promise.resolve(server.resume()),
      );
      expect(await other.llen('bull:mail:wait')).toBe(300);
      expect(await Promise.all(jobs.map((job) => other.hget(job, 'data')))).toEqual(jobs.map(() => '{}'));
      await herd.close();
      other.disconnect();
    },
    60_000,
  );

  it('memcached which refuses to be flushed (-F)', async () => {
    const server = begun(await startMemcached({ args: ['-F'] }));
    await exchange(server.port, 'set of-others 0 0 1\r\nx\r\n');
    const herd = await start(server.address, 'memcached');
    await forgets(
      herd,
      () => Promise.resolve(server.pause()),
      () => Promise.resolve(server.resume()),
    );
    expect(await exchange(server.port, 'get of-others\r\n')).toContain('VALUE of-others');
    await herd.close();
  }, 60_000);

  it('the embedded node', async () => {
    const node = await startMemcachedNode();
    const herd = await start(`${node.host}:${node.port}`, 'memcached');
    node.delayReplies(5000);
    await herd.withPolicy({ timeoutMs: 50 }).get('any');
    node.delayReplies(0);
    await until('the node is used again', isUp(herd), 2000);
    await forgets(
      herd,
      () => Promise.resolve(node.delayReplies(10_000)),
      () => Promise.resolve(node.delayReplies(0)),
    );
    await herd.close();
    await node.close();
  }, 60_000);
});

it.each<[string, (herd: Cache, key: string) => Promise<unknown>]>([
  ['a call', (herd, key) => herd.set(key, 'old', hour)],
  ['a call to one node', (herd, key) => herd.on(herd.nodeFor(key)!, (node) => node.set(key, 'old', hour))],
  [
    'a call with many keys to one node',
    (herd, key) => herd.on(herd.nodeFor(key)!, (node) => node.setMany([[key, 'old']], hour)),
  ],
])(
  'what a node missed is kept for the longest life that was given, also by %s',
  async (_, write) => {
    const server = await startMemcached();
    const herd = await startHerd({
      discovery: staticNodes([server.address]),
      driver: memcached(),
      longestLife: '500ms',
    });
    await write(herd, 'key');
    server.pause();
    await until('the node is down', isDown(herd));
    await herd.delete('key');
    const missedAt = performance.now();
    await until('the shorter life is over', () => performance.now() - missedAt > 600);
    server.resume();
    await until('the node is used again', isUp(herd), 5000);
    expect(await herd.get('key')).toBeUndefined();
    await herd.close();
    await server.stop();
  },
  30_000,
);

it('a node that leaves the discovery for a while forgets what was written meanwhile', async () => {
  const servers = await Promise.all([startMemcached(), startMemcached(), startMemcached()]);
  let count = 3;
  const herd = await startHerd({
    discovery: callbackNodes(() => servers.slice(0, count).map(({ address }) => address)),
    driver: memcached(),
    refresh: '1h',
    timeoutMs: 2000,
  });
  const keys = Array.from({ length: 300 }, (_, i) => `key-${i}`);
  await Promise.all(keys.map((key) => herd.set(key, 'old', hour)));
  count = 2;
  await herd.refresh();
  await herd.refresh();
  expect(herd.topology.nodes).toHaveLength(2);
  await Promise.all(keys.slice(0, 100).map((key) => herd.set(key, 'new', hour)));
  await Promise.all(keys.slice(100, 200).map((key) => herd.delete(key)));
  count = 3;
  await herd.refresh();
  expect(herd.topology.nodes).toHaveLength(3);
  const found = await herd.getMany(keys);
  expect(keys.slice(0, 200).filter((key) => found.get(key) === 'old')).toEqual([]);
  const untouched = keys.slice(200).filter((key) => herd.nodeFor(key)!.id === servers[2].address);
  expect(untouched.map((key) => found.get(key))).toEqual(untouched.map(() => 'old'));
  await herd.close();
  await Promise.all(servers.map((server) => server.stop()));
}, 30_000);

it('a key that moved away and back is not read where it was before', async () => {
  const servers = await Promise.all([startMemcached(), startMemcached(), startMemcached()]);
  let count = 2;
  const herd = await startHerd({
    discovery: callbackNodes(() => servers.slice(0, count).map(({ address }) => address)),
    driver: memcached(),
    refresh: '1h',
    timeoutMs: 2000,
  });
  const keys = Array.from({ length: 300 }, (_, i) => `key-${i}`);
  await Promise.all(keys.map((key) => herd.set(key, 'old', hour)));
  count = 3;
  await herd.refresh();
  await Promise.all(keys.map((key) => herd.set(key, 'new', hour)));
  count = 2;
  await herd.refresh();
  await herd.refresh();
  expect(herd.topology.nodes).toHaveLength(2);
  expect([...(await herd.getMany(keys)).values()].filter((value) => value === 'old')).toEqual([]);
  await herd.close();
  await Promise.all(servers.map((server) => server.stop()));
}, 30_000);

it('what a process wrote to former owners is not read older, though it notices two changes one after the other', async () => {
  const servers = await Promise.all([startMemcached(), startMemcached(), startMemcached()]);
  const followed = (count: () => number) =>
    startHerd({
      discovery: callbackNodes(() => servers.slice(0, count()).map(({ address }) => address)),
      driver: memcached(),
      refresh: '1h',
      timeoutMs: 2000,
    });
  let seen = 1;
  const [late, early] = await Promise.all([followed(() => seen), followed(() => 3)]);
  const keys = Array.from({ length: 300 }, (_, i) => `key-${i}`);
  await Promise.all(keys.map((key) => early.set(key, 'old', hour)));
  await Promise.all(keys.map((key) => late.set(key, 'new', hour)));
  for (seen = 2; seen <= 3; seen++) {
    await late.refresh();
    expect(late.topology.nodes).toHaveLength(seen);
    const found = await late.getMany(keys);
    expect(keys.filter((key) => found.get(key) === 'old')).toEqual([]);
  }
  await Promise.all([late.close(), early.close()]);
  await Promise.all(servers.map((server) => server.stop()));
}, 30_000);
