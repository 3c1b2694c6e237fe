export { redis } from './redis.driver.js';
export type { RedisDriver, RedisHerd } from './redis.driver.js';
export type { RedisConnection, RedisOptions } from './redis-options.js';
export type { RedisCommands, RedisNodeCommands } from './redis-commands.js';
export type { CallOptions, CasToken, StoreOptions } from '../../contracts/key-value-commands.js';
export type { Ttl } from '../../contracts/ttl.js';
