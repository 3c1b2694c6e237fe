export { startMemcachedNode } from './memcached/memcached-node.js';
export type { MemcachedNode, MemcachedNodeOptions } from './memcached/memcached-node.js';

export { discoveryContract } from './discovery-contract.js';
export type { DiscoveryHarness } from './discovery-contract.js';
export { routerContract } from './router-contract.js';
export type { RouterHarness } from './router-contract.js';
export { driverContract } from './driver-contract.js';
export type { DriverHarness } from './driver-contract.js';
export type { DriverServer } from './driver-server.js';
export { invalidationBusContract } from './invalidation-bus-contract.js';
export type { InvalidationBusHarness } from './invalidation-bus-contract.js';
export type { AnyDriver } from './driver-bench.js';
export { ContractViolation } from './contract-check.js';
export type { ContractCheck } from './contract-check.js';

// The contracts that these mention
export type { Discovered, Discovery } from '../contracts/discovery.js';
export type { Dispatch, Effect, Intent, ManyOperation, NodeDispatch, Operation } from '../contracts/dispatch.js';
export type { Driver, Failure } from '../contracts/driver.js';
export type { Duration } from '../contracts/duration.js';
export type {
  CallOptions,
  CasEntry,
  CasOutcome,
  CasToken,
  KeyValueCommands,
  KeyValueNodeCommands,
  StoreOptions,
} from '../contracts/key-value-commands.js';
export type { Change, Invalidation, InvalidationBus, InvalidationListener } from '../contracts/invalidation-bus.js';
export type { Node } from '../contracts/node.js';
export type { RouteTable, Router } from '../contracts/router.js';
export type { Ttl } from '../contracts/ttl.js';
