export { memcached } from './memcached.driver.js';
export type { MemcachedDriver, MemcachedHerd } from './memcached.driver.js';
export type { MemcachedConnection, MemcachedConnectionSetting } from './memcached-connection.js';
export type { MemcachedOptions } from './memcached-options.js';
export type { MemcachedCommands, MemcachedNodeCommands } from './memcached-commands.js';
export type { CallOptions, CasEntry, CasOutcome, CasToken, StoreOptions } from '../../contracts/key-value-commands.js';
export type { Ttl } from '../../contracts/ttl.js';

// The contracts that these mention
export type { Cache, CacheOptions, Load, Namespace, NamespaceOptions } from '../../contracts/cache.js';
export type { Codec, Encoded } from '../../contracts/codec.js';
export type { ConnectionSetting, Pem, Tls, TlsOptions } from '../../contracts/connection.js';
export type {
  Dispatch,
  Effect,
  Intent,
  ManyOperation,
  NodeDispatch,
  OnNodeDown,
  Operation,
} from '../../contracts/dispatch.js';
export type { Copies, Driver, Failure, Held } from '../../contracts/driver.js';
export type { Duration } from '../../contracts/duration.js';
export type { Herd, HerdHandle, HerdPolicy } from '../../contracts/herd.js';
export type { KeyValueCommands, KeyValueNodeCommands } from '../../contracts/key-value-commands.js';
export type { Node } from '../../contracts/node.js';
export type { Health, PoolStats } from '../../contracts/pool.js';
export type { DiscoveryStatus, HerdSnapshot, NodeSnapshot, NodeStatus, Topology } from '../../contracts/topology.js';
