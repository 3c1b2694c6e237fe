export { HerdHealthIndicator } from './herd.health-indicator.js';
export type { HerdHealthOptions } from './herd.health-indicator.js';

// The contracts that these mention
export type { Cache, CacheOptions, Load, Namespace, NamespaceOptions } from '../../contracts/cache.js';
export type { OnNodeDown } from '../../contracts/dispatch.js';
export type { Duration } from '../../contracts/duration.js';
export type { Herd, HerdHandle, HerdPolicy } from '../../contracts/herd.js';
export type { Node } from '../../contracts/node.js';
export type { Health, PoolStats } from '../../contracts/pool.js';
export type { DiscoveryStatus, HerdSnapshot, NodeSnapshot, NodeStatus, Topology } from '../../contracts/topology.js';
export type { Ttl } from '../../contracts/ttl.js';
