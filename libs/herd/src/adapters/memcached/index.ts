export { memcached } from './memcached.driver.js';
export type { MemcachedDriver, MemcachedHerd } from './memcached.driver.js';
export type { MemcachedConnection, MemcachedOptions } from './memcached-options.js';
export type { MemcachedCommands, MemcachedNodeCommands } from './memcached-commands.js';
export type { CallOptions, CasToken, StoreOptions } from '../../contracts/key-value-commands.js';
export type { Ttl } from '../../contracts/ttl.js';
