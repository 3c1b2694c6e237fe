export { keyvStore } from './keyv.store.js';
export type { KeyvStore, KeyvStoreOptions } from './keyv.store.js';

// The contracts that these mention
export type { Cache, CacheOptions, Load, Namespace } from '../../contracts/cache.js';
export type { Duration } from '../../contracts/duration.js';
export type { Ttl } from '../../contracts/ttl.js';
