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
  const ends = Float64Array.from(wholeShares(nodes.map(weightOf)), (share) => (total += share));
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

/** A remainder is whole, and below the hashes of 32 bits: so must be what it is compared with. */
function wholeShares(weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (weights.every(Number.isInteger) && total <= mostShares) return weights;
  const heaviest = Math.max(...weights);
  const shares = weights.map((weight) => Math.max(1, Math.round((weight / heaviest) * fineness)));
  const common = shares.reduce(divisorOf);
  return shares.map((share) => share / common);
}

const mostShares = 2 ** 31;

/** Halves, thirds and up to tenths of the heaviest node are exact. */
const fineness = 100_800;

const divisorOf = (a: number, b: number): number => (b === 0 ? a : divisorOf(b, a % b));

const noHash = (key: string, received: unknown): HerdRequestError =>
  new HerdRequestError({
    what: `The hash of modulo() gave no whole number of 0 or more for ${JSON.stringify(key)}`,
    received,
    remedy: 'end the function with >>> 0, which makes 32 signed bits unsigned',
  });
