import { createRequire } from 'node:module';

import { startHerd, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import { redis } from '@rookery/herd/redis';
import { Redis } from 'ioredis';
import { Memcache } from 'memcache';
import { MemcacheClient } from 'memcache-client';
import Memcached from 'memcached';

import { openBareMetaClient } from './bare-meta-client.js';
import { openCheckedMetaClient } from './checked-meta-client.js';

/** A client as each of the peers is used: one text per key, by promises. */
export type Client = Readonly<{
  name: string;
  server: 'memcached' | 'redis';
  set(key: string, value: string): Promise<unknown>;
  get(key: string): Promise<unknown>;
  close(): unknown;
}>;

export type Bare = {
  set(key: string, value: string, ttl: number, done: (error: unknown) => void): void;
  get(key: string, done: (error: unknown, value: unknown) => void): void;
  end(): void;
};
// It has no types.
export const memjs = createRequire(import.meta.url)('memjs') as {
  Client: { create(servers: string, options: object): Memjs };
};
type Memjs = {
  set(key: string, value: string, options: object): Promise<unknown>;
  get(key: string): Promise<unknown>;
  close(): void;
};

/** What a callback receives, as a promise. */
export const called = <Result>(
  run: (done: (error: unknown, result?: Result) => void) => void,
): Promise<Result | undefined> =>
  new Promise((resolve, reject) =>
    run((error, result) => (error ? reject(new Error('failed', { cause: error })) : resolve(result))),
  );

/** All clients, each to one server of its kind. */
export async function openClients(memcachedAddress: string, redisAddress: string): Promise<readonly Client[]> {
  const [host, port] = redisAddress.replace('redis://', '').split(':') as [string, string];
  const limits = { timeoutMs: 5000, onNodeDown: 'error' } as const;
  const herd = await startHerd({
    discovery: staticNodes([memcachedAddress]),
    driver: memcached({ defaultTtl: '1h' }),
    ...limits,
  });
  const metaHerd = await startHerd({
    discovery: staticNodes([memcachedAddress]),
    driver: metaMemcached({ defaultTtl: '1h' }),
    ...limits,
  });
  const bareMeta = await openBareMetaClient(memcachedAddress);
  const checkedMeta = await openCheckedMetaClient(memcachedAddress);
  const redisHerd = await startHerd({
    discovery: staticNodes([`${host}:${port}`]),
    driver: redis({ defaultTtl: '1h' }),
    ...limits,
  });
  const bare = new Memcached(memcachedAddress) as unknown as Bare;
  const js = memjs.Client.create(memcachedAddress, { timeout: 5 });
  const memcache = new Memcache({ nodes: [memcachedAddress], timeout: 5000 });
  const client = new MemcacheClient({ server: memcachedAddress });
  const io = new Redis({ host, port: Number(port), enableAutoPipelining: true });
  return [
    {
      name: 'herd, memcached',
      server: 'memcached',
      set: (k, v) => herd.set(k, v),
      get: (k) => herd.get(k),
      close: () => herd.close(),
    },
    {
      name: 'herd, metaMemcached',
      server: 'memcached',
      set: (k, v) => metaHerd.set(k, v),
      get: (k) => metaHerd.get(k),
      close: () => metaHerd.close(),
    },
    {
      name: 'bare meta client',
      server: 'memcached',
      set: (k, v) => bareMeta.set(k, v, 3600),
      get: (k) => bareMeta.get(k),
      close: () => bareMeta.close(),
    },
    {
      name: 'bare meta client that checks',
      server: 'memcached',
      set: (k, v) => checkedMeta.set(k, v, 3600),
      get: (k) => checkedMeta.get(k),
      close: () => checkedMeta.close(),
    },
    {
      name: 'memcached',
      server: 'memcached',
      set: (k, v) => called((done) => bare.set(k, v, 3600, done)),
      get: (k) => called((done) => bare.get(k, done)),
      close: () => bare.end(),
    },
    {
      name: 'memjs',
      server: 'memcached',
      set: (k, v) => js.set(k, v, { expires: 3600 }),
      get: (k) => js.get(k),
      close: () => js.close(),
    },
    {
      name: 'memcache',
      server: 'memcached',
      set: (k, v) => memcache.set(k, v, 3600),
      get: (k) => memcache.get(k),
      close: () => memcache.disconnect(),
    },
    {
      name: 'memcache-client',
      server: 'memcached',
      set: (k, v) => client.set(k, v),
      get: (k) => client.get(k),
      close: () => client.shutdown(),
    },
    {
      name: 'herd, redis',
      server: 'redis',
      set: (k, v) => redisHerd.set(k, v),
      get: (k) => redisHerd.get(k),
      close: () => redisHerd.close(),
    },
    {
      name: 'ioredis, auto-pipelining',
      server: 'redis',
      set: (k, v) => io.set(k, v, 'EX', 3600),
      get: (k) => io.get(k),
      close: () => io.disconnect(),
    },
  ];
}
