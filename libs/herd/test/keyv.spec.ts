import { CACHE_MANAGER, CacheModule } from '@nestjs/cache-manager';
import { Test } from '@nestjs/testing';
import { HerdRequestError, startHerd, staticNodes } from '@rookery/herd';
import type { Herd } from '@rookery/herd';
import { keyvStore } from '@rookery/herd/keyv';
import { memcached } from '@rookery/herd/memcached';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import { redis } from '@rookery/herd/redis';
import { startMemcached, startRedis } from '@rookery/services';
import type { RunningServer } from '@rookery/services';
import type { Cache } from 'cache-manager';
import Keyv from 'keyv';

import { startTurnCounter } from './turn-counter.js';

describe('keyvStore', () => {
  let server: RunningServer;
  let herd: Herd<MemcachedCommands>;
  beforeAll(async () => {
    server = await startMemcached();
    herd = await startHerd({ discovery: staticNodes([server.address]), driver: memcached(), timeoutMs: 2000 });
  });
  afterAll(async () => {
    await herd?.close();
    await server?.stop();
  });

  it('serves @nestjs/cache-manager, and clears its own namespace alone', async () => {
    const store = new Keyv({ store: keyvStore(herd.namespace('http')), ttl: 60_000 });
    const module = await Test.createTestingModule({ imports: [CacheModule.register({ stores: [store] })] }).compile();
    const cache = module.get<Cache>(CACHE_MANAGER);
    await herd.set('not-of-http', 1, { ttl: '1m' });
    expect(await cache.get('k')).toBeUndefined();
    await cache.set('k', { any: 'value' });
    await cache.mset([
      { key: 'a', value: 1 },
      { key: 'b c', value: 2, ttl: 5000 },
    ]);
    expect(await cache.get('k')).toEqual({ any: 'value' });
    expect(await cache.mget(['a', 'none', 'b c'])).toEqual([1, undefined, 2]);
    await cache.del('k');
    expect(await cache.get('k')).toBeUndefined();
    await cache.clear();
    expect(await cache.mget(['a', 'b c'])).toEqual([undefined, undefined]);
    expect(await herd.get('not-of-http')).toBe(1);
    await module.close();
  });

  it('serves a Keyv: has, many, delete, expiry', async () => {
    const keyv = new Keyv({ store: keyvStore(herd.namespace('keyv')), ttl: 60_000 });
    await keyv.set('k', 1);
    expect([await keyv.has('k'), await keyv.has('none')]).toEqual([true, false]);
    expect(await keyv.getMany(['k', 'none'])).toEqual([1, undefined]);
    expect([await keyv.delete('k'), await keyv.get('k')]).toEqual([true, undefined]);
  });

  it.each(['memcached', 'metaMemcached', 'redis'] as const)(
    'stores, reads and deletes many in one round trip to each node, by %s()',
    async (name) => {
      const servers = await Promise.all([1, 2, 3].map(() => (name === 'redis' ? startRedis() : startMemcached())));
      const counters = await Promise.all(servers.map(({ port }) => startTurnCounter(port)));
      const turns = (): readonly number[] => counters.map((counter) => counter.turns());
      const driver = { memcached, metaMemcached, redis }[name]();
      const counted: Herd<MemcachedCommands> = await startHerd({
        discovery: staticNodes(counters.map(({ port }) => `127.0.0.1:${port}`)),
        driver,
        onNodeDown: 'error',
        timeoutMs: 10_000,
        refresh: '1h',
      });
      // The namespace as it is now is kept in this process, so that each request is for values.
      const store = keyvStore(counted.namespace('many', { generationMaxAgeMs: 600_000 }), { defaultTtl: '1m' });
      const entries = Array.from({ length: 100 }, (_, i) => ({ key: `k${i}`, value: i }));
      const keys = entries.map(({ key }) => key);
      await store.get('k');
      turns();
      expect(await store.setMany(entries)).toEqual(keys.map(() => true));
      expect(turns()).toEqual([1, 1, 1]);
      expect(await store.getMany([...keys, 'none'])).toEqual([...entries.map(({ value }) => value), undefined]);
      expect(turns()).toEqual([1, 1, 1]);
      expect(await store.hasMany([...keys, 'none'])).toEqual([...keys.map(() => true), false]);
      expect(turns()).toEqual([1, 1, 1]);
      expect(await store.deleteMany([...keys, 'none'])).toEqual([...keys.map(() => true), false]);
      expect(turns()).toEqual([1, 1, 1]);
      await counted.close();
      await Promise.all(counters.map((counter) => counter.close()));
      await Promise.all(servers.map((one) => one.stop()));
    },
    30_000,
  );

  it('stores the last of two values for one key, each with its life', async () => {
    const store = keyvStore(herd.namespace('twice'), { defaultTtl: '1m' });
    const twice = [
      { key: 'a', value: 1, ttl: 5000 },
      { key: 'b', value: 1 },
      { key: 'a', value: 2 },
    ];
    expect(await store.setMany(twice)).toEqual([true, true, true]);
    expect(await store.getMany(['a', 'b'])).toEqual([2, 1]);
  });

  it('refuses wrong options', () => {
    const namespace = herd.namespace('n');
    expect(() => keyvStore(namespace, { defaultTttl: '1h' } as never)).toThrow('did you mean defaultTtl?');
    expect(() => keyvStore(namespace, { defaultTtl: 'soon' as never })).toThrow('defaultTtl must be a ttl');
    expect(() => keyvStore({} as never)).toThrow('namespace must be a namespace');
  });

  it('stores nothing for ever by accident', async () => {
    const store = keyvStore(herd.namespace('n'));
    await expect(store.set('k', 1)).rejects.toThrow(HerdRequestError);
    expect(await keyvStore(herd.namespace('n'), { defaultTtl: '1h' }).set('k', 1)).toBe(true);
    expect(await store.hasMany(['k', 'none'])).toEqual([true, false]);
  });
});
