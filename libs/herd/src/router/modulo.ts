import type { Node } from '../contracts/node.js';
import type { Router, RouteTable } from '../contracts/router.js';
import { HerdRequestError } from '../errors/operation-errors.js';
import { checked, checkShape } from '../support/option-checks.js';
import { byId, weightOf } from './by-id.js';
import { fnv1a } from './hash.js';
import { countBelow } from './ring.js';

/** How keys are hashed. */
export interface ModuloOptions {
  /** A whole number of 0 or more for each key. Default: FNV-1a, 32 bits. */
  hash?: (key: string) => number;
}

/**
 * The hash of the key modulo the number of nodes, in the order of their ids: what `distribution: modula` of twemproxy does
 * where its servers are listed in that order. For reading a herd that was filled so while moving to another router: almost
 * every key moves when a node joins or leaves.
 *
 * @throws HerdOptionError; its tables, HerdRequestError for a hash that is none.
 */
export function modulo(options: ModuloOptions = {}): Router {
  const hash = checked((problems) => {
    const { hash = fnv1a } = checkShape(problems, options, ['hash']);
    problems.check(typeof hash === 'function', 'hash', hash, 'must be a function of the key; leave it out for FNV-1a');
    return hash;
  });
  return { name: 'modulo', build: (nodes) => build(byId(nodes), hash) };
}

function build(nodes: readonly Node[], hash: (key: string) => number): RouteTable {
  let total = 0;
  const ends = Float64Array.from(nodes, (node) => (total += weightOf(node)));
  const owner = (key: string): number => {
    const whole = hash(key);
    // Else each such key would go to the first node, unnoticed.
    if (!Number.isInteger(whole) || whole < 0) throw noHash(key, whole);
    const place = whole % total;
    const index = countBelow(ends, place);
    return ends[index] === place ? index + 1 : index;
  };
  return Object.freeze({
    nodes,
    nodeFor: (key: string) => nodes[owner(key)],
    nodesFor(key: string, count: number) {
      const first = owner(key);
      return nodes.length === 0 ? [] : [...nodes.slice(first), ...nodes.slice(0, first)].slice(0, count);
    },
  });
}

const noHash = (key: string, received: unknown): HerdRequestError =>
  new HerdRequestError({
    what: `The hash of modulo() gave no whole number of 0 or more for ${JSON.stringify(key)}`,
    received,
    remedy: 'end the function with >>> 0, which makes 32 signed bits unsigned',
  });
