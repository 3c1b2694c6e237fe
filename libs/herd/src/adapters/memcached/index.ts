export { memcached } from './memcached.driver.js';
export type { MemcachedDriver, MemcachedHerd } from './memcached.driver.js';
export type { MemcachedOptions } from './memcached-options.js';
export type { CallOptions, CasToken, MemcachedCommands, MemcachedNodeCommands, StoreOptions } from './memcached-commands.js';
export type { Ttl } from '../../contracts/ttl.js';
