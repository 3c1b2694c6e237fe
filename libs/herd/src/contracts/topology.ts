import type { Node } from './node.js';
import type { Health, PoolStats } from './pool.js';

/** A node as the herd sees it at one moment. */
export type NodeStatus = Readonly<{ node: Node; health: Health; stats: PoolStats }>;

/** The last answer of discovery: taken, or refused, with the nodes before it kept. `at` is epoch milliseconds. */
export type DiscoveryStatus = Readonly<{ state: 'taken'; at: number }> | Readonly<{ state: 'refused'; at: number; reason: string }>;

/** A frozen picture of a herd; `version` rises by one with each. */
export type Topology = Readonly<{ version: number; nodes: readonly NodeStatus[]; discovery: DiscoveryStatus }>;
