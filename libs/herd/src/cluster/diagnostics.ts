import { channel } from 'node:diagnostics_channel';

import type { Node } from '../contracts/node.js';
import type { Health } from '../contracts/pool.js';
import type { Topology } from '../contracts/topology.js';

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

const topologies = channel('rookery:herd:topology');
const healths = channel('rookery:herd:health');
const failures = channel('rookery:herd:failure');
const operations = channel('rookery:herd:operation');

export const publishTopology = (message: TopologyMessage): void => topologies.publish(message);
export const publishHealth = (message: HealthMessage): void => healths.publish(message);

/** Failures come in thousands when a node is down: without a listener they cost nothing. */
export const publishFailure = (herd: string, node: Node, error: unknown): void => {
  if (failures.hasSubscribers) failures.publish({ herd, node, error } satisfies FailureMessage);
};

/** Operations come in thousands a second: without a listener nothing is measured. */
export const operationsAreWatched = (): boolean => operations.hasSubscribers;
export const publishOperation = (message: OperationMessage): void => operations.publish(message);
