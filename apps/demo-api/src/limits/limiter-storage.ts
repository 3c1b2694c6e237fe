import type { Herd } from '@rookery/herd';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { type LimiterStorage, memoryStorage } from '@rookery/limiter';
import { memcachedStorage } from '@rookery/limiter/memcached';
import { redisStorage } from '@rookery/limiter/redis';
import type { DemoConfig } from '../config/demo-config.js';
import { connectRedis } from '../redis/connect-redis.js';

/** Where the buckets lie: in this process, in the herd that also caches, or in Redis. */
export function limiterStorage(
  { limiterStorage: kind, limiterTimeoutMs: timeoutMs, redisUrl }: DemoConfig,
  herd: Herd<MemcachedCommands>,
): LimiterStorage {
  switch (kind) {
    case 'memory':
      return memoryStorage();
    case 'memcached':
      // For a node that is down the cache reads a miss; a limiter that did would start with an empty bucket.
      return memcachedStorage(herd.withPolicy({ onNodeDown: 'error', timeoutMs }));
    case 'redis':
      return redisOf(redisUrl!, timeoutMs);
  }
}

/** Requests are limited in the process until Redis is there, and while it is away. */
function redisOf(url: string, timeoutMs: number): LimiterStorage {
  const redis = connectRedis(url, timeoutMs, 'limits are kept in the process');
  return Object.assign(redisStorage(redis), { close: () => redis.disconnect() });
}
