import type { Redis } from 'ioredis';
import type { RedisClient } from '@rookery/limiter/redis';
import type { Clock } from '@rookery/limiter';
import { APPLY_LUA } from '../src/adapters/redis/apply.lua.js';

/** The script as it is, but for the clock, which a test moves; and items do not expire by the server's own clock meanwhile. */
const CLOCKED_LUA = APPLY_LUA.replace("redis.call('TIME')", '{ KEYS[2], KEYS[3] }').replace("string.format('%.0f', ttlMs + 1)", "'600000'");

export function clockedRedis(redis: Redis, clock: Clock): RedisClient {
  const run = (_script: string, _count: number, key: string | number, ...rest: (string | number)[]) =>
    redis.eval(CLOCKED_LUA, 3, key, Math.floor(clock() / 1_000_000), clock() % 1_000_000, ...rest);
  return { evalsha: run, eval: run, del: (key) => redis.del(key) };
}
