import { startHerd, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { Memcache } from 'memcache';
import { MemcacheClient } from 'memcache-client';
import Memcached from 'memcached';

import { called, memjs } from './clients.js';
import type { Bare } from './clients.js';

/** A client of several memcached servers. `isDown`: whether the client itself has a server as down, where it shows that. */
export type ClusterClient = Readonly<{
  name: string;
  set(key: string, value: string): Promise<unknown>;
  get(key: string): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  isDown?(address: string): boolean;
  close(): unknown;
}>;

export const deadlineMs = 250;
const silent = { log: () => undefined };

/** Each with a deadline of 250 ms where it accepts one, and else as it comes. Under `error`, so that every refusal of the herd counts. */
export const clusterClients: Readonly<
  Record<string, (addresses: readonly string[]) => Promise<ClusterClient> | ClusterClient>
> = {
  'herd, memcached': async (addresses) => {
    const herd = await startHerd({
      discovery: staticNodes(addresses),
      driver: memcached({ defaultTtl: '1h' }),
      timeoutMs: deadlineMs,
    });
    const strict = herd.withPolicy({ onNodeDown: 'error' });
    return {
      name: 'herd, memcached',
      set: (key, value) => herd.set(key, value),
      get: (key) => strict.get(key),
      delete: (key) => herd.delete(key),
      isDown: (address) => herd.topology.nodes.find(({ node }) => node.id === address)?.health.state === 'down',
      close: () => herd.close(),
    };
  },
  memcached: (addresses) => {
    const client = new Memcached([...addresses], { timeout: deadlineMs, retries: 0 }) as unknown as Bare & {
      del(key: string, done: (error: unknown) => void): void;
    };
    return {
      name: 'memcached',
      set: (key, value) => called((done) => client.set(key, value, 3600, done)),
      get: (key) => called((done) => client.get(key, done)),
      delete: (key) => called((done) => client.del(key, done)),
      close: () => client.end(),
    };
  },
  memjs: (addresses) => {
    const client = memjs.Client.create(addresses.join(','), {
      timeout: deadlineMs / 1000,
      logger: silent,
    }) as ReturnType<typeof memjs.Client.create> & { delete(key: string): Promise<unknown> };
    return {
      name: 'memjs',
      set: (key, value) => client.set(key, value, { expires: 3600 }),
      get: async (key) => String(((await client.get(key)) as { value: unknown }).value),
      delete: (key) => client.delete(key),
      close: () => client.close(),
    };
  },
  memcache: (addresses) => {
    const client = new Memcache({ nodes: [...addresses], timeout: deadlineMs });
    client.on('error', () => undefined);
    return {
      name: 'memcache',
      set: (key, value) => client.set(key, value, 3600),
      get: (key) => client.get(key),
      delete: (key) => client.delete(key),
      close: () => client.disconnect(),
    };
  },
  // It does not spread keys: it treats its servers as copies of each other.
  'memcache-client': (addresses) => {
    const client = new MemcacheClient({
      server: { servers: addresses.map((server) => ({ server, maxConnections: 1 })) },
      cmdTimeout: deadlineMs,
    });
    return {
      name: 'memcache-client',
      set: (key, value) => client.set(key, value),
      get: async (key) => (await client.get(key))?.value,
      delete: (key) => client.delete(key),
      close: () => client.shutdown(),
    };
  },
};
