import type { Node } from './node.js';
import type { Health, PoolStats } from './pool.js';

/** A node as the herd sees it at one moment. */
export type NodeStatus = Readonly<{ node: Node; health: Health; stats: PoolStats }>;

/** The last answer of discovery: accepted, or rejected, with the nodes before it kept. `at` is epoch milliseconds. */
export type DiscoveryStatus =
  Readonly<{ state: 'accepted'; at: number }> | Readonly<{ state: 'rejected'; at: number; reason: string }>;

/** A frozen picture of a herd; `version` rises by one with each. */
export type Topology = Readonly<{ version: number; nodes: readonly NodeStatus[]; discovery: DiscoveryStatus }>;

/** @property share its part of the keys, from 0 to 1, as measured on some thousands of keys. */
export type NodeSnapshot = NodeStatus & Readonly<{ share: number }>;

/** {@link Topology}, with the counts of this very moment and the shares of the nodes: plain data, for a page or for metrics. */
export type HerdSnapshot = Readonly<{
  herd: string;
  driver: string;
  router: string;
  version: number;
  nodes: readonly NodeSnapshot[];
  discovery: DiscoveryStatus & Readonly<{ name: string }>;
}>;
