export { keyvStore } from './keyv.store.js';
export type { KeyvStore, KeyvStoreOptions } from './keyv.store.js';
