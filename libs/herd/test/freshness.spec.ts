import { randomUUID } from 'node:crypto';

import { startHerd, staticNodes } from '@rookery/herd';
import type { Herd, Namespace, NamespaceOptions } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import { redis } from '@rookery/herd/redis';
import { startMemcached, startRedis } from '@rookery/services';
import type { RunningServer } from '@rookery/services';

import { until } from './poll.js';

const unexpected = () => Promise.reject(new Error('was loaded again'));
const broken = () => Promise.reject(new Error('the database is down'));
const drivers = { memcached, metaMemcached, redis } as unknown as Record<
  'memcached' | 'metaMemcached' | 'redis',
  typeof redis
>;

describe.each(['memcached', 'metaMemcached', 'redis'] as const)('what is past its end, by %s', (kind) => {
  let now: number;
  let server: RunningServer;
  let herd: Herd<ReturnType<ReturnType<typeof redis>['commands']>>;
  beforeAll(async () => {
    now = Date.now();
    server = kind === 'redis' ? await startRedis() : await startMemcached();
    const discovery = staticNodes([server.address.replace('redis://', '')]);
    herd = await startHerd({ discovery, driver: drivers[kind](), timeoutMs: 5000, now: () => now });
  }, 30_000);
  afterAll(async () => {
    await herd?.close();
    await server?.stop();
  });
  const cacheOf = (options: NamespaceOptions): Namespace =>
    herd.namespace(`n-${randomUUID()}`, { beta: 0, ...options });
  const slowly = <Value>() => {
    let release!: (value: Value) => void;
    const load = () => new Promise<Value>((resolve) => (release = resolve));
    return { load, begun: () => release !== undefined, release: (value: Value) => release(value) };
  };
  const of = (text: string) => (keys: readonly string[]) => new Map(keys.map((key) => [key, `${text} ${key}`]));

  it('is served no longer than staleIfError sets, however long softTimeout is', async () => {
    const cache = cacheOf({ staleIfError: '30s', softTimeout: 20 });
    await cache.getOrSet('k', '1m', () => 'old');
    now += 89_999;
    const slow = slowly<string>();
    const found = cache.getOrSet('k', '1m', slow.load);
    await until('it loads', slow.begun);
    now += 1000;
    setTimeout(() => slow.release('new'), 100);
    expect(await found).toBe('new');
  });

  it.each([
    ['behind it', { staleWhileRevalidate: '5m' } as const],
    ['before its end', { staleWhileRevalidate: '5m', beta: 1e9 } as const],
    ['for the caller', { staleIfError: '5m' } as const],
  ])('is gone once a load %s has found that there is none', async (_when, options) => {
    const cache = cacheOf(options);
    await cache.getOrSet('k', '1m', () => {
      // A moving clock: early values follow from the time that a load took.
      now += 10;
      return 'old';
    });
    now += 'beta' in options ? 1000 : 90_000;
    let loads = 0;
    const found = await cache.getOrSet('k', '1m', () => (loads++, undefined));
    expect(found).toBe('staleIfError' in options ? undefined : 'old');
    await until('it has looked', () => loads > 0);
    await until('it is gone', async () => (await cache.getOrSet('k', '1m', () => undefined)) === undefined);
    await expect(cache.getOrSet('k', '1m', broken)).rejects.toThrow('the database is down');
    expect(await cache.getOrSet('k', '1m', () => 'there again')).toBe('there again');
    expect(await cache.get('k')).toBe('there again');
  });

  it('stays where a load behind it fails, and is made anew by a later call', async () => {
    const cache = cacheOf({ staleWhileRevalidate: '5m' });
    await cache.getOrSet('k', '1m', () => 'old');
    now += 90_000;
    let failed = 0;
    const failing = () => Promise.reject(new Error(`failure ${++failed}`));
    expect(await cache.getOrSet('k', '1m', failing)).toBe('old');
    await until('it has failed', () => failed === 1);
    await until('another may', async () => (await cache.getOrSet('k', '1m', () => 'new')) === 'new');
  });

  it('does not come back where it is deleted, or set, while it is made anew', async () => {
    const cache = cacheOf({ staleWhileRevalidate: '5m' });
    const elsewhere = herd.namespace(cache.name);
    for (const key of ['deleted', 'set']) await cache.getOrSet(key, '1m', () => 'old');
    now += 90_000;
    const slow = [slowly<string>(), slowly<string>()] as const;
    for (const [i, key] of ['deleted', 'set'].entries())
      expect(await cache.getOrSet(key, '1m', slow[i]!.load)).toBe('old');
    await until('both load', () => slow.every(({ begun }) => begun()));
    expect(await elsewhere.delete('deleted')).toBe(true);
    expect(await elsewhere.set('set', 'newer', { ttl: '1m' })).toBe(true);
    slow.forEach(({ release }) => release('out of date'));
    await until('the lease has ended', async () => (await cache.getOrSet('deleted', '1m', () => 'later')) === 'later');
    expect(await cache.getMany(['deleted', 'set'])).toEqual(
      new Map([
        ['deleted', 'later'],
        ['set', 'newer'],
      ]),
    );
  });

  describe('of many keys', () => {
    const keys = ['a', 'b'];
    const old = of('old')(keys);

    it('is served at once, and made anew behind it by one load', async () => {
      const cache = cacheOf({ staleWhileRevalidate: '5m' });
      await cache.getOrSetMany(keys, '1m', of('old'));
      now += 90_000;
      const slow = slowly<Map<string, string>>();
      const asked: (readonly string[])[] = [];
      const load = (missing: readonly string[]) => (asked.push(missing), slow.load());
      expect(await cache.getOrSetMany([...keys, 'c'], '1m', (missing) => of('old')(missing))).toEqual(
        of('old')([...keys, 'c']),
      );
      await until('both are made anew', async () => (await cache.getMany(keys)).size === 2);
      now += 90_000;
      expect(await cache.getOrSetMany(keys, '1m', load)).toEqual(old);
      await until('it loads', slow.begun);
      expect(await cache.getOrSetMany(keys, '1m', unexpected)).toEqual(old);
      slow.release(of('new')(keys));
      await until('they are new', async () => (await cache.getMany(keys)).get('a') === 'new a');
      expect(await cache.getMany(keys)).toEqual(of('new')(keys));
      expect(asked).toEqual([keys]);
    });

    it('is served where the load fails, if that has an old value of each key', async () => {
      const cache = cacheOf({ staleIfError: '1h' });
      await cache.getOrSetMany(keys, '1m', of('old'));
      now += 90_000;
      expect(await cache.getOrSetMany(keys, '1m', broken)).toEqual(old);
      await expect(cache.getOrSetMany([...keys, 'c'], '1m', broken)).rejects.toThrow('the database is down');
      now += 3_600_000;
      await expect(cache.getOrSetMany(keys, '1m', broken)).rejects.toThrow('the database is down');
    });

    it('is served after softTimeout, and what the load gives is kept', async () => {
      const cache = cacheOf({ staleIfError: '1h', softTimeout: 20 });
      await cache.getOrSetMany(keys, '1m', of('old'));
      now += 90_000;
      const slow = slowly<Map<string, string>>();
      expect(await cache.getOrSetMany(keys, '1m', slow.load)).toEqual(old);
      // On a busy machine the wait may be over before the load begins.
      await until('it loads', slow.begun);
      slow.release(of('new')(keys));
      await until('they are new', async () => (await cache.getMany(keys)).size === 2);
      expect(await cache.getMany(keys)).toEqual(of('new')(keys));
    });

    it('is made anew before its end', async () => {
      const cache = cacheOf({ beta: 1e9 });
      await cache.getOrSetMany(keys, '1m', (missing) => ((now += 10), of('old')(missing)));
      expect(await cache.getOrSetMany(keys, '1m', of('new'))).toEqual(old);
      await until('they are new', async () => (await cache.getMany(keys)).get('b') === 'new b');
    });

    it('is gone once a load has left it out', async () => {
      const cache = cacheOf({ staleWhileRevalidate: '5m' });
      await cache.getOrSetMany(keys, '1m', of('old'));
      now += 90_000;
      expect(await cache.getOrSetMany(keys, '1m', () => of('new')(['b']))).toEqual(old);
      await until(
        'it is gone',
        async () => (await cache.getOrSetMany(keys, '1m', () => new Map())).get('a') === undefined,
      );
      expect(await cache.getMany(keys)).toEqual(of('new')(['b']));
    });
  });
});
