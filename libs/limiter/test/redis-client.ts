import { Redis } from 'ioredis';
import { redisClientOptions } from '@rookery/limiter/redis';

/**
 * One real connection, which opens with its first command: Jest calls no `afterAll` where each test of a suite is filtered out, and
 * what was opened beside them would keep its process for ever.
 */
export function connectRedis(address: string, timeoutMs: number): Redis {
  return new Redis(address, { ...redisClientOptions(timeoutMs), enableOfflineQueue: true, lazyConnect: true });
}
