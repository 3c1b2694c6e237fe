import type { Node } from './node.js';
import type { Health } from './pool.js';
import type { Topology } from './topology.js';

/** Each new picture of a herd, on `rookery:herd:topology`. */
export type TopologyMessage = Readonly<{ herd: string; topology: Topology }>;

/** A node was marked down, or is used again, on `rookery:herd:health`. */
export type HealthMessage = Readonly<{ herd: string; node: Node; health: Health }>;

/** An operation failed on a node, whatever the policy then makes of it, on `rookery:herd:failure`. */
export type FailureMessage = Readonly<{ herd: string; node: Node; error: unknown }>;

/**
 * An operation on a node ended, on `rookery:herd:operation`.
 *
 * @property outcome `ok`, or the code of the error, whatever the policy then makes of it.
 * @property tookMs with the wait for its turn.
 */
export type OperationMessage = Readonly<{ herd: string; node: Node; outcome: string; tookMs: number }>;

/** The channels of `node:diagnostics_channel` on which a herd reports. */
export const herdChannels = Object.freeze({
  topology: 'rookery:herd:topology',
  health: 'rookery:herd:health',
  failure: 'rookery:herd:failure',
  operation: 'rookery:herd:operation',
} as const);
