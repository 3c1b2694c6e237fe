import { channel } from 'node:diagnostics_channel';

import { herdChannels } from '../contracts/diagnostics.js';
import type { FailureMessage, HealthMessage, OperationMessage, TopologyMessage } from '../contracts/diagnostics.js';
import type { Node } from '../contracts/node.js';

const topologies = channel(herdChannels.topology);
const healths = channel(herdChannels.health);
const failures = channel(herdChannels.failure);
const operations = channel(herdChannels.operation);

export const publishTopology = (message: TopologyMessage): void => topologies.publish(message);
export const publishHealth = (message: HealthMessage): void => healths.publish(message);

/** Failures come in thousands when a node is down: without a listener they cost nothing. */
export const publishFailure = (herd: string, node: Node, error: unknown): void => {
  if (failures.hasSubscribers) failures.publish({ herd, node, error } satisfies FailureMessage);
};

/** Operations come in thousands a second: without a listener nothing is measured. */
export const operationsAreWatched = (): boolean => operations.hasSubscribers;
export const publishOperation = (message: OperationMessage): void => operations.publish(message);
