import type { Node } from './node.js';
import type { Health } from './pool.js';
import type { Topology } from './topology.js';

/** Each new picture of a herd, on `rookery:herd:topology`. */
export type TopologyMessage = Readonly<{ herd: string; topology: Topology }>;

/** A node was marked down, is refusing or up again (its `state` changed), on `rookery:herd:health`. */
export type HealthMessage = Readonly<{ herd: string; node: Node; health: Health }>;

/** An operation failed on a node, whatever the policy then makes of it, on `rookery:herd:failure`. */
export type FailureMessage = Readonly<{ herd: string; node: Node; error: unknown }>;

/**
 * An operation on a node ended, on `rookery:herd:operation`.
 *
 * @property driver its name: that of the function which made it, such as `metaMemcached`, or that of your own.
 * @property outcome `ok`, or the code of the error, whatever the policy then makes of it.
 * @property tookMs with the wait for its turn.
 */
export type OperationMessage = Readonly<{
  herd: string;
  driver: string;
  node: Node;
  outcome: string;
  tookMs: number;
}>;

/**
 * The outcome of a read of a cache, on `rookery:herd:cache`: `hit` (`tier` is where), `miss`, `stale` (served past its end), or
 * `refresh` (made anew in the background). Of many keys, each is reported.
 *
 * @property namespace `''` for `herd.getOrSet`.
 * @property node the id of the node whose key it is; none for what memory has, and while the place of the key is unknown.
 */
export type CacheMessage = Readonly<{
  herd: string;
  namespace: string;
  key: string;
  event: 'hit' | 'miss' | 'stale' | 'refresh';
  tier?: 'memory' | 'node';
  node?: string;
}>;

/** The channels of `node:diagnostics_channel` on which a herd reports. */
export const herdChannels = Object.freeze({
  topology: 'rookery:herd:topology',
  health: 'rookery:herd:health',
  failure: 'rookery:herd:failure',
  operation: 'rookery:herd:operation',
  cache: 'rookery:herd:cache',
} as const);
