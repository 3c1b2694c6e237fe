import { Logger } from '@nestjs/common';
import { redisClientOptions } from '@rookery/limiter/redis';
import { Redis } from 'ioredis';

/** A client that never waits for a Redis that is away, and logs so once. @param meanwhile what holds without it. */
export function connectRedis(url: string, timeoutMs: number, meanwhile: string): Redis {
  const logger = new Logger('Redis');
  const redis = new Redis(url, redisClientOptions(timeoutMs));
  let reachable = true;
  redis.on('ready', () => (reachable = true));
  redis.on('error', (error: Error) => {
    if (reachable) logger.warn(`Redis cannot be reached, ${meanwhile}: ${error.message}`);
    reachable = false;
  });
  return redis;
}
