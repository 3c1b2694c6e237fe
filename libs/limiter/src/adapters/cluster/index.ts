export { clusterStorage, type ClusterStorageOptions } from './cluster.storage.js';
export { StorageFaultError, type StorageFaultKind } from '../../errors/storage-fault.js';
