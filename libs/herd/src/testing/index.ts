export { startMemcachedNode } from './memcached/memcached-node.js';
export type { MemcachedNode, MemcachedNodeOptions } from './memcached/memcached-node.js';

export { discoveryContract } from './discovery-contract.js';
export type { DiscoveryHarness } from './discovery-contract.js';
export { routerContract } from './router-contract.js';
export type { RouterHarness } from './router-contract.js';
export { driverContract } from './driver-contract.js';
export type { DriverHarness, DriverServer } from './driver-contract.js';
export type { AnyDriver } from './driver-bench.js';
export { ContractViolation } from './contract-check.js';
export type { ContractCheck } from './contract-check.js';
