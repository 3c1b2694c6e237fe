export { storageContract, type ContractCase } from './storage-contract.js';
export type { StorageHarness } from './storage-bench.js';
export { ReferenceBucket } from './reference-bucket.js';
export type { TestLimit } from './test-limit.js';
