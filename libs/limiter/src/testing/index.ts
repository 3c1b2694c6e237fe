export { storageContract } from './storage-contract.js';
export { ContractViolation, type ContractCheck } from './contract-check.js';
export type { StorageHarness } from './storage-fixture.js';
export type { Fraction } from './fraction.js';
export { ReferenceBucket } from './reference-bucket.js';
export { ReferencePolicy } from './reference-policy.js';
export type { TestLimit } from './test-limit.js';
