import { randomUUID } from 'node:crypto';

import { startHerd, staticNodes } from '@rookery/herd';
import type { Herd, Namespace } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import { redis } from '@rookery/herd/redis';
import { startMemcached, startRedis } from '@rookery/services';
import type { RunningServer } from '@rookery/services';

import { until } from './poll.js';

const minute = { ttl: '1m' } as const;
const drivers = { memcached, metaMemcached, redis } as unknown as Record<
  'memcached' | 'metaMemcached' | 'redis',
  typeof redis
>;

const changes: Readonly<Record<string, (cache: Namespace, key: string) => Promise<unknown>>> = {
  delete: (cache, key) => cache.delete(key),
  deleteMany: (cache, key) => cache.deleteMany([key]),
  deleteTags: (cache) => cache.deleteTags(['t']),
  clear: (cache) => cache.clear(),
  set: (cache, key) => cache.set(key, 'newer', minute),
  setMany: (cache, key) => cache.setMany([[key, 'newer']], minute),
};

const reads: Readonly<
  Record<string, (cache: Namespace, key: string, load: () => Promise<string>) => Promise<string | undefined>>
> = {
  getOrSet: (cache, key, load) => cache.getOrSet(key, '1m', load, { tags: ['t'] }),
  getOrSetMany: async (cache, key, load) =>
    (await cache.getOrSetMany([key], '1m', async () => new Map([[key, await load()]]), { tags: ['t'] })).get(key),
};

describe.each(['memcached', 'metaMemcached', 'redis'] as const)('a cache on several servers, by %s', (kind) => {
  let now = Date.now();
  let servers: RunningServer[];
  let herds: Herd<ReturnType<ReturnType<typeof redis>['commands']>>[];
  beforeAll(async () => {
    servers = await Promise.all([1, 2, 3].map(() => (kind === 'redis' ? startRedis() : startMemcached())));
    const discovery = staticNodes(servers.map(({ address }) => address.replace('redis://', '')));
    herds = await Promise.all(
      [1, 2, 3].map(() => startHerd({ discovery, driver: drivers[kind](), timeoutMs: 5000, now: () => now })),
    );
  }, 30_000);
  afterAll(async () => {
    await Promise.all((herds ?? []).map((herd) => herd.close()));
    await Promise.all((servers ?? []).map((server) => server.stop()));
  });
  /** The same namespace, as each process sees it. */
  const caches = (): readonly [Namespace, Namespace, Namespace] => {
    const name = `n-${randomUUID()}`;
    return herds.map((herd) => herd.namespace(name, { beta: 0 })) as never;
  };

  const cases = Object.keys(changes).flatMap((change) =>
    Object.keys(reads).flatMap((read) =>
      ['missing', 'past its end'].flatMap((before) =>
        ['this process', 'another'].map((who) => [read, before, change, who] as const),
      ),
    ),
  );
  it.each(cases)(
    'keeps nothing that %s was loading for what is %s before a %s by %s',
    async (read, before, change, who) => {
      const [own, other] = caches();
      const key = 'k';
      if (before !== 'missing') {
        await own.getOrSet(key, '1m', () => 'old', { staleIfError: '1h', tags: ['t'] });
        now += 60_000;
      }
      let release!: (value: string) => void;
      const load = () => new Promise<string>((resolve) => (release = resolve));
      const reading = reads[read]!(own, key, load);
      await until('it loads', () => release !== undefined);
      await changes[change]!(who === 'another' ? other : own, key);
      release('out of date');
      expect(await reading).toBe('out of date');
      const expected = change.startsWith('set') ? 'newer' : undefined;
      for (const cache of [own, other]) expect(await cache.get(key)).toBe(expected);
    },
  );

  it('loads once among all processes, and gives what is loaded to all', async () => {
    let loads = 0;
    let release!: (value: string) => void;
    const value = new Promise<string>((resolve) => (release = resolve));
    const load = () => (loads++, value);
    const asked = caches().map((cache) => cache.getOrSet('k', '1m', load, { waitMs: 20_000 }));
    await until('one loads', () => loads > 0);
    release('made');
    expect(await Promise.all(asked)).toEqual(['made', 'made', 'made']);
    expect(loads).toBe(1);
  });

  it('keeps of what several processes load at once for many keys one of each', async () => {
    const all = caches();
    const keys = ['a', 'b', 'c'];
    const releases: (() => void)[] = [];
    const asked = all.map((cache, i) =>
      cache.getOrSetMany(keys, '1m', async () => {
        await new Promise<void>((resolve) => releases.push(resolve));
        return new Map(keys.map((key) => [key, i]));
      }),
    );
    await until('all load', () => releases.length === 3);
    for (const release of releases) release();
    const given = await Promise.all(asked);
    expect(given).toEqual(all.map((_, i) => new Map(keys.map((key) => [key, i]))));
    const kept = await all[0].getMany(keys);
    expect([...kept.keys()]).toEqual(keys);
    expect(await all[1].getMany(keys)).toEqual(kept);
  });
});
