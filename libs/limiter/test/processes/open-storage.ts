import { clusterStorage } from '../../src/adapters/cluster/index.js';
import { memcachedStorage } from '../../src/adapters/memcached/index.js';
import { postgresStorage } from '../../src/adapters/postgres/index.js';
import { nodeRedisClientOptions, redisClientOptions, redisStorage } from '../../src/adapters/redis/index.js';
import type { LimiterStorage } from '../../src/contracts/limiter-storage.js';
import { memoryStorage } from '../../src/storage/memory.storage.js';

/** A storage as a process has it: with a client of its own, which alone is loaded, and ends with the process. */
export async function openStorage(kind: string, address: string, timeoutMs: number): Promise<LimiterStorage> {
  switch (kind) {
    case 'memcached': {
      const { connectMemcached } = await import('../memcached-client.js');
      return memcachedStorage(connectMemcached(address, timeoutMs).client);
    }
    case 'redis': {
      const { Redis } = await import('ioredis');
      return redisStorage(new Redis(address, { ...redisClientOptions(timeoutMs), enableOfflineQueue: true }));
    }
    case 'node-redis': {
      const { createClient } = await import('redis');
      const client = createClient({ ...nodeRedisClientOptions(timeoutMs), url: address });
      client.on('error', (error) => console.error(error));
      await client.connect();
      return redisStorage(client);
    }
    case 'memory-cluster':
      return clusterStorage(memoryStorage());
    case 'postgres': {
      const { default: pg } = await import('pg');
      const pool = new pg.Pool({ connectionString: address, max: 2 });
      return postgresStorage({ query: ({ text, values }) => pool.query(text, [...values]) });
    }
    default:
      throw new Error(`no storage is called ${kind}`);
  }
}
