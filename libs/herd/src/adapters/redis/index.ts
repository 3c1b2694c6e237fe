export { redis } from './redis.driver.js';
export { redisBus } from './redis-bus.js';
export type { BusClient, BusSubscriber, RedisBusOptions } from './redis-bus.js';
export type { RedisDriver, RedisHerd } from './redis.driver.js';
export { redisCluster } from './cluster/redis-cluster.js';
export type { RedisCluster, RedisClusterOptions } from './cluster/redis-cluster.js';
export { redisSentinel } from './sentinel/redis-sentinel.js';
export type { RedisSentinel, RedisSentinelOptions } from './sentinel/redis-sentinel.js';
export type { RedisConnection, RedisConnectionSetting, RedisOptions } from './redis-options.js';
export type { RedisCommands, RedisNodeCommands } from './redis-commands.js';
export type { CallOptions, CasEntry, CasOutcome, CasToken, StoreOptions } from '../../contracts/key-value-commands.js';
export type { Ttl } from '../../contracts/ttl.js';

// The contracts that these mention
export type { Cache, CacheOptions, Load, Namespace, NamespaceOptions } from '../../contracts/cache.js';
export type { Codec, Encoded } from '../../contracts/codec.js';
export type { Change, Invalidation, InvalidationBus, InvalidationListener } from '../../contracts/invalidation-bus.js';
export type { ConnectionSetting, Pem, Tls, TlsOptions } from '../../contracts/connection.js';
export type { Discovered, Discovery } from '../../contracts/discovery.js';
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
export type { Router, RouteTable } from '../../contracts/router.js';
export type { DiscoveryStatus, HerdSnapshot, NodeSnapshot, NodeStatus, Topology } from '../../contracts/topology.js';
