export { memcachedStorage } from './memcached.storage.js';
export type { MemcachedStorageOptions } from './memcached-options.js';
export type { MemcachedCasToken, MemcachedClient, MemcachedLifetime } from './memcached-client.js';
export {
  memcachedPackageClient,
  memcachedPackageOptions,
  type MemcachedPackage,
  type MemcachedReply,
} from './memcached-package.js';
export { StorageFaultError, type StorageFaultKind } from '../../errors/storage-fault.js';
