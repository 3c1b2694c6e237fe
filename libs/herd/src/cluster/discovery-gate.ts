import { inspect } from 'node:util';

import type { Discovered } from '../contracts/discovery.js';
import { checkNodes } from '../support/nodes.js';
import type { Node } from '../contracts/node.js';
import { messageOf } from '../support/message-of.js';

/** What the gate remembers: the nodes in use, their version, and by id how many answers in a row have missed a node. */
export type Accepted = Readonly<{
  nodes: readonly Node[];
  version?: number | bigint;
  missing: ReadonlyMap<string, number>;
}>;

/** The nodes to use from now on, or why the answer is rejected; `present` then has what it confirms all the same. */
export type Decision = Readonly<{ accepted: Accepted }> | Readonly<{ rejected: string; present?: Accepted }>;

export const noNodesYet: Accepted = Object.freeze({ nodes: [], missing: new Map<string, number>() });

/** Answers in a row that must miss a node before it leaves: usually, and where they miss more than `minFraction` allows. */
const answersToLeave = 2;
const answersToShrink = 3;

/**
 * Decides whether to follow what discovery found. An empty, malformed or older answer is rejected. A node leaves when two
 * answers in a row miss it, or one of a newer version. An answer with less than `minFraction` of the present nodes that is not
 * of a newer version is rejected until it is the third in a row that misses them.
 */
export function decide(found: Discovered, present: Accepted, minFraction: number): Decision {
  const malformed = malformation(found);
  if (malformed !== undefined) return { rejected: malformed };
  const { nodes, version } = found;
  const known = version !== undefined && present.version !== undefined;
  if (known && version < present.version) return { rejected: `version ${version} is older than ${present.version}` };
  const isNewer = known && version > present.version;
  const missing = missedBy(nodes, present);
  const shrinks = nodes.length < present.nodes.length * minFraction;
  const most = Math.max(0, ...missing.values());
  if (shrinks && !isNewer && most < answersToShrink) {
    const rejected = `it found ${nodes.length} of ${present.nodes.length} nodes, in answer ${most} of ${answersToShrink} that must agree`;
    return { rejected, present: { ...present, missing } };
  }
  return { accepted: merged(found, present, missing, isNewer ? 1 : shrinks ? answersToShrink : answersToLeave) };
}

/** @returns what makes an answer one that cannot be followed, whatever came before. */
function malformation(found: Discovered | null | undefined): string | undefined {
  if (found === undefined || found === null) return `it gave ${found}, and no nodes`;
  const { nodes, version } = found;
  if (!Array.isArray(nodes) || nodes.length === 0) return 'it found no nodes';
  const isVersion = version === undefined || typeof version === 'bigint' || Number.isSafeInteger(version);
  if (!isVersion) return `its version must be a whole number or a bigint (got ${inspect(version)})`;
  try {
    checkNodes(nodes, 'discovery');
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function missedBy(nodes: readonly Node[], present: Accepted): ReadonlyMap<string, number> {
  const ids = new Set(nodes.map(({ id }) => id));
  const missed = present.nodes.filter(({ id }) => !ids.has(id));
  return new Map(missed.map(({ id }) => [id, (present.missing.get(id) ?? 0) + 1]));
}

function merged(
  { nodes, version }: Discovered,
  present: Accepted,
  missing: ReadonlyMap<string, number>,
  answers: number,
): Accepted {
  const addresses = new Set(nodes.map(({ host, port }) => `${host} ${port}`));
  const unconfirmed = present.nodes.filter(
    ({ id, host, port }) => (missing.get(id) ?? answers) < answers && !addresses.has(`${host} ${port}`),
  );
  const ids = new Set(unconfirmed.map(({ id }) => id));
  return {
    nodes: Object.freeze([...nodes, ...unconfirmed]),
    ...(version !== undefined && { version }),
    missing: new Map([...missing].filter(([id]) => ids.has(id))),
  };
}
