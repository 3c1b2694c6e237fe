import type { Redis } from 'ioredis';
import type { RedisClient } from '@rookery/limiter/redis';
import type { Clock } from '@rookery/limiter';
import { APPLY_LUA } from '../src/adapters/redis/apply.lua.js';

/** The script as it is, but for the clock, which a test moves; and items do not expire by the server's own clock meanwhile. */
const CLOCKED_LUA = APPLY_LUA.replace("redis.call('TIME')", '{ KEYS[#KEYS - 1], KEYS[#KEYS] }')
  .replace('local keys = KEYS', 'local keys = { _G.unpack(KEYS, 1, #KEYS - 2) }')
  .replace("string.format('%d', ceil((last - now) / 1000) + 1)", "'600000'");

/** @param change what a test does to the script besides */
export function clockedRedis(redis: Redis, clock: Clock, change = (lua: string): string => lua): RedisClient {
  const script = change(CLOCKED_LUA);
  const run = (_script: string, count: number, ...rest: (string | number)[]) =>
    redis.eval(
      script,
      count + 2,
      ...rest.slice(0, count),
      Math.floor(clock() / 1_000_000),
      clock() % 1_000_000,
      ...rest.slice(count),
    );
  return { evalsha: run, eval: run, del: (key) => redis.del(key) };
}
