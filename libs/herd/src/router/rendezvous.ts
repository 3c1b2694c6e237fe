import type { Node } from '../contracts/node.js';
import type { Router, RouteTable } from '../contracts/router.js';
import { fmix32, fnv1a } from './hash.js';

type Seeded = Readonly<{ node: Node; seed: number; weight: number }>;

/**
 * Highest random weight: each node scores each key, and the highest score owns it, so that a node which joins or leaves
 * moves its own keys and no others. A lookup scores every node, which suits up to a few hundred.
 *
 * @see Thaler and Ravishankar, "A Name-Based Mapping Scheme for Rendezvous" (1996); weights by the logarithmic method of
 * Schindler and Scheideler, which keeps movement minimal when a weight changes.
 */
export function rendezvous(): Router {
  return { name: 'rendezvous', build };
}

function build(nodes: readonly Node[]): RouteTable {
  const seeded = seed(nodes);
  const weighted = seeded.some(({ weight }) => weight !== seeded[0]!.weight);
  const score = weighted ? weightedScore : plainScore;
  return Object.freeze({
    nodes: Object.freeze([...nodes]),
    nodeFor: (key: string) => best(seeded, fnv1a(key), score),
    nodesFor: (key: string, count: number) => ranked(seeded, fnv1a(key), score).slice(0, count),
  });
}

/** Sorted by id, so that the order of discovery plays no part; two ids with one hash get different seeds. */
function seed(nodes: readonly Node[]): readonly Seeded[] {
  const taken = new Set<number>();
  return [...nodes]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((node) => {
      let hash = fnv1a(node.id);
      while (taken.has(hash)) hash = fmix32(hash + 1);
      taken.add(hash);
      return { node, seed: hash, weight: node.weight ?? 1 };
    });
}

const plainScore = (hash: number, { seed }: Seeded): number => fmix32(hash ^ seed);
const weightedScore = (hash: number, { seed, weight }: Seeded): number =>
  -weight / Math.log((fmix32(hash ^ seed) + 0.5) / 2 ** 32);

function best(seeded: readonly Seeded[], hash: number, score: typeof plainScore): Node | undefined {
  let owner: Node | undefined;
  let highest = -Infinity;
  for (const candidate of seeded) {
    const own = score(hash, candidate);
    if (own > highest) [owner, highest] = [candidate.node, own];
  }
  return owner;
}

const ranked = (seeded: readonly Seeded[], hash: number, score: typeof plainScore): readonly Node[] =>
  seeded
    .map((candidate) => ({ node: candidate.node, own: score(hash, candidate) }))
    .sort((a, b) => b.own - a.own)
    .map(({ node }) => node);
