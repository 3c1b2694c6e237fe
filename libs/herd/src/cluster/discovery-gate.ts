import type { Discovered } from '../contracts/discovery.js';
import { checkNodes } from '../support/nodes.js';
import type { Node } from '../contracts/node.js';
import { messageOf } from '../support/message-of.js';

/** What the gate remembers: the nodes in use, their version, and the ids that one poll has found missing. */
export type Accepted = Readonly<{ nodes: readonly Node[]; version?: number | bigint; missing: ReadonlySet<string> }>;

/** The nodes to use from now on, or why the answer is rejected. */
export type Decision = Readonly<{ accepted: Accepted }> | Readonly<{ rejected: string }>;

export const noNodesYet: Accepted = Object.freeze({ nodes: [], missing: new Set<string>() });

/**
 * Decides whether to follow what discovery found. An empty, malformed, much smaller or older answer is rejected; a node
 * leaves only when a second poll misses it too.
 *
 * @param minFraction the share of the present nodes below which an answer is rejected.
 */
export function decide(found: Discovered, present: Accepted, minFraction: number): Decision {
  const { nodes, version } = found;
  if (!Array.isArray(nodes) || nodes.length === 0) return { rejected: 'it found no nodes' };
  try {
    checkNodes(nodes, 'discovery');
  } catch (error) {
    return { rejected: messageOf(error) };
  }
  if (version !== undefined && present.version !== undefined && version < present.version) {
    return { rejected: `version ${version} is older than ${present.version}` };
  }
  if (nodes.length < present.nodes.length * minFraction)
    return { rejected: `it found ${nodes.length} of ${present.nodes.length} nodes` };
  return { accepted: merged(nodes, version, present) };
}

function merged(nodes: readonly Node[], version: Discovered['version'], present: Accepted): Accepted {
  const ids = new Set(nodes.map(({ id }) => id));
  const addresses = new Set(nodes.map(({ host, port }) => `${host} ${port}`));
  const unconfirmed = present.nodes.filter(
    (node) => !ids.has(node.id) && !present.missing.has(node.id) && !addresses.has(`${node.host} ${node.port}`),
  );
  return {
    nodes: Object.freeze([...nodes, ...unconfirmed]),
    ...(version !== undefined && { version }),
    missing: new Set(unconfirmed.map(({ id }) => id)),
  };
}
