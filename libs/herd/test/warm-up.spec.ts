import { setTimeout as pause } from 'node:timers/promises';

import { callbackNodes, startHerd } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import { redis } from '@rookery/herd/redis';
import { startMemcachedNode } from '@rookery/herd/testing';
import { startMemcached, startRedis } from '@rookery/services';
import type { RunningServer } from '@rookery/services';

import { until } from './poll.js';

const keys = Array.from({ length: 400 }, (_, i) => `key-${i}`);
const hour = { ttl: '1h' } as const;
const bare = ({ address }: RunningServer): string => address.replace('redis://', '');

const drivers = { memcached, metaMemcached, redis } as unknown as Record<
  'memcached' | 'metaMemcached' | 'redis',
  typeof redis
>;

describe.each(['memcached', 'metaMemcached', 'redis'] as const)('a herd of %s that grows', (kind) => {
  let servers: RunningServer[];
  beforeAll(async () => {
    servers = await Promise.all(Array.from({ length: 4 }, () => (kind === 'redis' ? startRedis() : startMemcached())));
  }, 30_000);
  afterAll(() => Promise.all((servers ?? []).map((server) => server.stop())));

  const herdOf = (count: () => number, options: object = {}) =>
    startHerd({
      discovery: callbackNodes(() => servers.slice(0, count()).map(bare)),
      driver: drivers[kind](),
      refresh: '1h',
      timeoutMs: 5000,
      ...options,
    });

  type Grown = Awaited<ReturnType<typeof herdOf>>;

  it('has what moved, once and by copy, with the life that was left', async () => {
    let count = 3;
    const herd = await herdOf(() => count, { warmUpFor: '1m' });
    const values = new Map(keys.map((key, i) => [key, { i, text: '€'.repeat(i % 50) }]));
    for (const [i, [key, value]] of [...values].entries())
      expect(await herd.set(key, value, { ttl: i % 3 === 0 ? 'never' : '1h' })).toBe(true);
    await herd.set('brief', 'value', { ttl: '2s' });
    count = 4;
    await herd.refresh();
    const fresh = bare(servers[3]!);
    const moved = keys.filter((key) => herd.nodeFor(key)!.id === fresh);
    expect(moved.length).toBeGreaterThan(50);
    const some = moved.slice(0, 20);
    expect(await Promise.all(some.map((key) => herd.get(key)))).toEqual(some.map((key) => values.get(key)));
    expect(await herd.getMany([...keys, 'none'])).toEqual(values);
    const there = await herd.on({ id: fresh }, (node) => node.getMany(moved));
    expect([...there.keys()].sort()).toEqual([...moved].sort());
    await until('what had two seconds has none', async () => (await herd.get('brief')) === undefined);
    await herd.close();
  }, 30_000);

  it('copies nothing that was written or deleted since, by this process or another', async () => {
    let count = 3;
    const [one, other] = await Promise.all([
      herdOf(() => count, { warmUpFor: '1m' }),
      herdOf(() => count, { warmUpFor: '1m' }),
    ]);
    await Promise.all(keys.map((key) => one.set(key, 'old', hour)));
    count = 4;
    await Promise.all([one.refresh(), other.refresh()]);
    const moved = keys.filter((key) => one.nodeFor(key)!.id === bare(servers[3]!));
    const [deleted, written] = [moved.slice(0, 20), moved.slice(20, 40)];
    await Promise.all([
      ...deleted.map((key) => other.delete(key)),
      ...written.map((key) => other.set(key, 'new', hour)),
    ]);
    const found = await one.getMany([...deleted, ...written]);
    expect([...found].filter(([, value]) => value === 'old')).toEqual([]);
    // What was written and then lost at its new node, by eviction or a restart, is not found at its old one.
    await one.on({ id: bare(servers[3]!) }, (node) => node.delete(written[0]!));
    expect(await one.get(written[0]!)).toBeUndefined();
    await Promise.all([one.close(), other.close()]);
  }, 30_000);

  it('keeps the deadline of a call while a former owner is silent, and holds up no key of others', async () => {
    const own = await Promise.all(
      Array.from({ length: 3 }, () => (kind === 'redis' ? startRedis() : startMemcached())),
    );
    let count = 2;
    const discovery = callbackNodes(() => own.slice(0, count).map(bare));
    const driver = drivers[kind]();
    const limits = { refresh: '1h', timeoutMs: 5000, warmUpFor: '1m', ejectAfter: 1000 } as const;
    const herd = await startHerd({ discovery, driver, ...limits });
    await herd.setMany(
      keys.map((key) => [key, 'old']),
      hour,
    );
    const [first, second] = [0, 1].map((i) => keys.filter((key) => herd.nodeFor(key)!.id === bare(own[i]!)));
    count = 3;
    await herd.refresh();
    const moved = (from: readonly string[] | undefined) =>
      from!.filter((key) => herd.nodeFor(key)!.id === bare(own[2]!));
    const [silent, free] = [moved(first), moved(second)];
    own[0]!.pause();
    const brief = herd.withPolicy({ timeoutMs: 300 });
    const calls = [
      brief.get(silent[0]!),
      brief.set(silent[1]!, 'new', hour),
      brief.delete(silent[2]!),
      brief.getMany(silent.slice(3, 5)),
      brief.incr(silent[5]!),
      brief.gets(silent[8]!),
      brief.getsMany([silent[9]!, ...free.slice(5, 7)]).then((found) => [...found.keys()]),
      brief.add(silent[10]!, 'new', hour),
      brief.setMany(
        [silent[6]!, ...free.slice(0, 5)].map((key) => [key, 'new'] as const),
        hour,
      ),
      brief
        .withPolicy({ onNodeDown: 'error' })
        .set(silent[7]!, 'new', hour)
        .catch((error: unknown) => error),
    ];
    const results = Promise.all(calls);
    expect(await Promise.race([results, pause(2500, 'too late', { ref: false })])).toMatchObject([
      undefined,
      false,
      false,
      new Map(),
      undefined,
      undefined,
      free.slice(5, 7),
      false,
      new Map([[silent[6], false], ...free.slice(0, 5).map((key) => [key, true] as const)]),
      { code: expect.stringMatching(/TIMEOUT|DOUBT/) as string },
    ]);
    expect(herd.topology.nodes.find(({ node }) => node.id === bare(own[2]!))!.health).toEqual({
      state: 'up',
      failures: 0,
    });
    own[0]!.resume();
    await results;
    await herd.close();
    await Promise.all(own.map((server) => server.stop()));
  }, 30_000);

  it.each<[string, (herd: Grown, key: string) => Promise<unknown>, expected: unknown, then?: unknown]>([
    ['gets', async (herd, key) => (await herd.gets(key))?.value, 5],
    ['getsMany', async (herd, key) => (await herd.getsMany([key])).get(key)?.value, 5],
    ['touch', (herd, key) => herd.touch(key, hour), true],
    ['incr', (herd, key) => herd.incr(key, 2), 7, 7],
    ['decr', (herd, key) => herd.decr(key, 2), 3, 3],
    ['replace', (herd, key) => herd.replace(key, 6, hour), true, 6],
    ['add', (herd, key) => herd.add(key, 6, hour), false],
    ['gets and cas', async (herd, key) => herd.cas(key, 6, (await herd.gets(key))!.cas, hour), 'stored', 6],
    [
      'getsMany and casMany',
      async (herd, key) => {
        const { cas } = (await herd.getsMany([key])).get(key)!;
        return (await herd.casMany([[key, { value: 6, cas }]], hour)).get(key);
      },
      'stored',
      6,
    ],
  ])(
    'has what moved for %s, and loses none of it',
    async (_name, use, expected, then = 5) => {
      let count = 3;
      const herd = await herdOf(() => count, { warmUpFor: '1m' });
      const all = keys.map((key) => `${_name.replaceAll(' ', '-')}-${key}`);
      await herd.setMany(
        all.map((key) => [key, 5]),
        hour,
      );
      count = 4;
      await herd.refresh();
      const moved = all.filter((key) => herd.nodeFor(key)!.id === bare(servers[3]!)).slice(0, 5);
      for (const key of moved) expect([await use(herd, key), await herd.get(key)]).toEqual([expected, then]);
      expect(await herd.on({ id: bare(servers[3]!) }, (node) => node.getMany(moved))).toEqual(
        new Map(moved.map((key) => [key, then])),
      );
      await herd.close();
    },
    30_000,
  );

  it('has no value of before at a former owner after a casMany, once that owns the key again', async () => {
    let count = 3;
    const [one, other] = await Promise.all([herdOf(() => count), herdOf(() => count)]);
    await other.setMany(
      keys.map((key) => [key, 'old']),
      hour,
    );
    count = 4;
    await Promise.all([one.refresh(), other.refresh()]);
    const moved = keys.filter((key) => one.nodeFor(key)!.id === bare(servers[3]!)).slice(0, 5);
    await other.setMany(
      moved.map((key) => [key, 'new']),
      hour,
    );
    const found = await one.getsMany(moved);
    const outcomes = await one.casMany(
      [...found].map(([key, { cas }]) => [key, { value: 'newest', cas }]),
      hour,
    );
    expect(outcomes).toEqual(new Map(moved.map((key) => [key, 'stored'])));
    count = 3;
    await one.refresh();
    await one.refresh();
    expect(one.topology.nodes).toHaveLength(3);
    expect(await one.getMany(moved)).toEqual(new Map());
    await Promise.all([one.close(), other.close()]);
  }, 30_000);

  it.each<[string, (other: Grown, key: string) => Promise<unknown>, expected: unknown]>([
    ['a count', (other, key) => other.incr(key), 6],
    ['a set', (other, key) => other.set(key, 'new', hour), 'new'],
    ['a deletion', (other, key) => other.delete(key), undefined],
    ['a deletion and a set', async (other, key) => [await other.delete(key), await other.set(key, 8, hour)], 8],
  ])(
    'does not lose %s of another process that comes between a copy and the look behind it',
    async (_name, change, expected) => {
      let count = 3;
      let reads = 0;
      let between = (): Promise<unknown> => Promise.resolve();
      const driver = drivers[kind]();
      const copies: typeof driver.copies = {
        ...driver.copies!,
        read: async (client, key) => {
          if (++reads === 2) await between();
          return driver.copies!.read(client, key);
        },
      };
      const [one, other] = await Promise.all([
        herdOf(() => count, { warmUpFor: '1m', driver: { ...driver, copies } }),
        herdOf(() => count, { warmUpFor: '1m' }),
      ]);
      const all = keys.map((key) => `between-${_name.replaceAll(' ', '-')}-${key}`);
      await one.setMany(
        all.map((key) => [key, 5]),
        hour,
      );
      count = 4;
      await Promise.all([one.refresh(), other.refresh()]);
      const key = all.find((name) => one.nodeFor(name)!.id === bare(servers[3]!))!;
      // What this process wrote itself it deletes before it uses the new node.
      await one.on({ id: bare(servers[3]!) }, (node) => node.get('none'));
      between = () => change(other, key);
      await one.get(key);
      expect(reads).toBeGreaterThan(1);
      expect([await other.get(key), await one.get(key), await other.get(key)]).toEqual([expected, expected, expected]);
      await Promise.all([one.close(), other.close()]);
    },
    30_000,
  );

  it('does without a copy when warming is over, or the former owner is gone', async () => {
    let count = 3;
    const herd = await herdOf(() => count, { warmUpFor: 1 });
    await Promise.all(keys.map((key) => herd.set(`late-${key}`, 'old', hour)));
    count = 4;
    await herd.refresh();
    const moved = keys.map((key) => `late-${key}`).filter((key) => herd.nodeFor(key)!.id === bare(servers[3]!));
    await until('warming is over', async () => (await herd.getMany(moved)).size === 0);
    await herd.close();
  }, 30_000);
});

it('has what moved for a read with a lease, and to be marked as stale', async () => {
  const servers = await Promise.all([startMemcached(), startMemcached()]);
  let count = 1;
  const discovery = callbackNodes(() => servers.slice(0, count).map(bare));
  const driver = metaMemcached();
  const herd = await startHerd({ discovery, driver, refresh: '1h', timeoutMs: 5000, warmUpFor: '1m' });
  await Promise.all(keys.map((key) => herd.set(key, key, hour)));
  count = 2;
  await herd.refresh();
  const moved = keys.filter((key) => herd.nodeFor(key)!.id === bare(servers[1]));
  const [read, marked] = [moved[0]!, moved[1]!];
  const lease = { leaseTtl: '10s' } as const;
  expect(await herd.getLeased(read, lease)).toEqual({ state: 'fresh', value: read });
  expect(await herd.markStale(marked, hour)).toBe(true);
  expect(await herd.getLeased(marked, lease)).toMatchObject({ state: 'stale', value: marked });
  await herd.close();
  await Promise.all(servers.map((server) => server.stop()));
}, 30_000);

it('refuses warmUpFor with a driver that cannot copy', async () => {
  const { copies, ...driver } = memcached();
  expect(copies).toBeDefined();
  const discovery = callbackNodes(() => ['127.0.0.1:1']);
  await expect(startHerd({ discovery, driver, warmUpFor: '1m' })).rejects.toThrow('warmUpFor must be left out');
});

it('warms from the embedded node', async () => {
  const nodes = await Promise.all([startMemcachedNode(), startMemcachedNode()]);
  let count = 1;
  const discovery = callbackNodes(() => nodes.slice(0, count).map(({ host, port }) => `${host}:${port}`));
  const herd = await startHerd({ discovery, driver: memcached(), refresh: '1h', timeoutMs: 5000, warmUpFor: '1m' });
  await Promise.all(keys.map((key) => herd.set(key, key, hour)));
  count = 2;
  await herd.refresh();
  expect((await herd.getMany(keys)).size).toBe(keys.length);
  await herd.close();
  await Promise.all(nodes.map((node) => node.close()));
});
