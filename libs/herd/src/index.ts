// Nest
export { HerdModule } from './nest/herd.module.js';
export { getHerdToken, InjectHerd } from './nest/tokens.js';
export type {
  AnyHerdOptions,
  HerdAsyncOptions,
  HerdOptionsFactory,
  OptionsSource,
  UnnamedHerdOptions,
} from './nest/herd-module-options.js';
export type { NamespaceEntry } from './nest/namespace-providers.js';
export { getNamespaceToken, InjectNamespace } from './nest/tokens.js';
export { Cached, CacheEvict } from './nest/cached.js';
export type { Arguments, CachedOptions, CacheEvictOptions, Method, MethodDecoratorOf } from './nest/cached.js';
export { cacheInterceptor, CacheResponse } from './nest/http/cache-response.js';
export type { CacheResponseOptions } from './nest/http/cache-response-options.js';
export type { NamespaceChoice } from './nest/namespace-property.js';

// Start without Nest
export { startHerd } from './cluster/start-herd.js';
export type { HerdOptions, NodeLimits } from './cluster/herd-options.js';
export type { Duration } from './contracts/duration.js';

// Use
export type { Herd, HerdHandle, HerdPolicy } from './contracts/herd.js';
export type { OnNodeDown } from './contracts/dispatch.js';
export type { DiscoveryStatus, HerdSnapshot, NodeSnapshot, NodeStatus, Topology } from './contracts/topology.js';
export type { Health, PoolStats } from './contracts/pool.js';
export type { Node } from './contracts/node.js';

// Cache
export { inProcessBus } from './cache/in-process-bus.js';
export type {
  Cache,
  CacheCommands,
  CacheOptions,
  Load,
  LoadMany,
  MemoryOptions,
  Namespace,
  NamespaceOptions,
  SetOptions,
  TtlOf,
} from './contracts/cache.js';
export type { Change, Invalidation, InvalidationBus, InvalidationListener } from './contracts/invalidation-bus.js';
export type { Ttl } from './contracts/ttl.js';

// Find nodes
export { callbackNodes } from './discovery/callback-nodes.js';
export type { CallbackAnswer, CallbackNodesOptions } from './discovery/callback-nodes.js';
export { staticNodes } from './discovery/static-nodes.js';
export type { StaticNode } from './discovery/static-nodes.js';
export type { Discovered, Discovery } from './contracts/discovery.js';

// Spread keys
export { ketama } from './router/ketama.js';
export type { KetamaOptions, PointName } from './router/ketama.js';
export { maglev } from './router/maglev.js';
export type { MaglevOptions } from './router/maglev.js';
export { modulo } from './router/modulo.js';
export type { ModuloOptions } from './router/modulo.js';
export { rendezvous } from './router/rendezvous.js';
export type { Router, RouteTable } from './contracts/router.js';

// Write a driver or a codec
export type { Copies, Driver, Failure, Held } from './contracts/driver.js';
export type { Dispatch, Effect, Intent, ManyOperation, NodeDispatch, Operation } from './contracts/dispatch.js';
export type { Pending, PendingListener } from './contracts/pending.js';
export type { Pool, PoolOperation } from './contracts/pool.js';
export { compressed } from './codec/compressed.js';
export type { CompressionOptions } from './codec/compressed.js';
export { jsonCodec } from './codec/json.codec.js';
export type {
  CallOptions,
  CasEntry,
  CasOutcome,
  CasToken,
  KeyValueCommands,
  KeyValueNodeCommands,
  StoreOptions,
} from './contracts/key-value-commands.js';
export type { Codec, Encoded } from './contracts/codec.js';

// Observe
export { herdChannels } from './contracts/diagnostics.js';
export type {
  CacheMessage,
  FailureMessage,
  HealthMessage,
  OperationMessage,
  TopologyMessage,
} from './contracts/diagnostics.js';

// Errors
export { HerdError } from './errors/herd-error.js';
export type { HerdErrorCode, HerdProblem } from './errors/herd-error.js';
export { HerdDiscoveryError } from './errors/discovery-error.js';
export { HerdOptionError } from './errors/option-error.js';
export type { OptionProblem } from './errors/option-error.js';
export {
  HerdClosedError,
  HerdDoubtError,
  HerdManyError,
  HerdNodeDownError,
  HerdNodeError,
  HerdNoNodesError,
  HerdOperationError,
  HerdOverloadError,
  HerdRefusedError,
  HerdRequestError,
  HerdTimeoutError,
  HerdUnreadableError,
} from './errors/operation-errors.js';
