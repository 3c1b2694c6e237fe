import type { Node } from '../contracts/node.js';
import type { Router, RouteTable } from '../contracts/router.js';
import { checked, checkShape } from '../support/option-checks.js';
import { byId, weightOf } from './by-id.js';
import { fmix32, fnv1a } from './hash.js';
import { walk } from './ring.js';

/** How large the table is. */
export interface MaglevOptions {
  /** Slots of the table, a prime; at least 100 for each node keep the balance. Default 65537. */
  tableSize?: number;
}

const free = 0xffffffff;

/**
 * A table of slots that the nodes fill in turn, each by an order of its own: a lookup is one hash and one read, however
 * many nodes. The best balance, and the router for a thousand nodes; a node that leaves also moves about one in a hundred
 * keys of the others.
 *
 * @see Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer" (NSDI 2016); weights as in Envoy.
 * @throws HerdOptionError for a table size that is not a prime, and on building with more nodes than slots.
 */
export function maglev(options: MaglevOptions = {}): Router {
  const tableSize = checked((problems) => {
    const { tableSize = 65537 } = checkShape(problems, options, ['tableSize']);
    problems.check(isPrime(tableSize), 'tableSize', tableSize, 'must be a prime, such as 65537 or 655373');
    return tableSize;
  });
  return { name: 'maglev', build: (nodes) => build(byId(nodes), tableSize) };
}

function build(nodes: readonly Node[], tableSize: number): RouteTable {
  checked((problems) =>
    problems.check(
      nodes.length <= tableSize,
      'tableSize',
      tableSize,
      `must be at least the number of nodes, ${nodes.length}; use a prime of 100 times that`,
    ),
  );
  const table = fill(nodes, tableSize);
  // Mixed again, as ids and keys are hashed alike: a key that equals an id must not favour its node.
  const slot = (key: string): number => fmix32(fnv1a(key)) % tableSize;
  return Object.freeze({
    nodes,
    nodeFor: (key: string) => nodes[table[slot(key)]!],
    nodesFor: (key: string, count: number) => walk(table, slot(key), nodes, count),
  });
}

/** In each round a node of the highest weight gets one slot, and one of a third of it a slot in every third round. */
function fill(nodes: readonly Node[], size: number): Uint32Array {
  const table = new Uint32Array(size).fill(free);
  if (nodes.length === 0) return table;
  const heaviest = Math.max(...nodes.map(weightOf));
  const weights = Float64Array.from(nodes, (node) => weightOf(node) / heaviest);
  const due = new Float64Array(nodes.length).fill(1);
  const next = Uint32Array.from(nodes, ({ id }) => fmix32(fnv1a(id) ^ 0x9e3779b9) % size);
  const skip = Uint32Array.from(nodes, ({ id }) => (fmix32(fnv1a(id) ^ 0x85ebca6b) % (size - 1)) + 1);
  for (let round = 1, taken = 0; taken < size; round++) {
    for (let node = 0; node < nodes.length && taken < size; node++) {
      if (round * weights[node]! < due[node]!) continue;
      let slot = next[node]!;
      while (table[slot] !== free) slot = (slot + skip[node]!) % size;
      table[slot] = node;
      next[node] = (slot + skip[node]!) % size;
      due[node] = due[node]! + 1;
      taken += 1;
    }
  }
  return table;
}

function isPrime(value: number): boolean {
  if (!Number.isSafeInteger(value) || value < 2 || value > 2 ** 26) return false;
  for (let divisor = 2; divisor * divisor <= value; divisor++) if (value % divisor === 0) return false;
  return true;
}
