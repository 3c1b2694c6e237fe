import type { Node } from '../contracts/node.js';
import type { Router, RouteTable } from '../contracts/router.js';
import { byId, weightOf } from './by-id.js';
import { fmix32, fnv1a } from './hash.js';
import { remembered } from './remembered.js';

type Seeded = Readonly<{ node: Node; seed: number; weight: number }>;

/**
 * Highest random weight: each node scores each key, and the highest score owns it, so that a node which joins or leaves
 * moves its own keys and no others. A lookup scores every node; above 64 nodes, the owners of the hashes looked up last are remembered.
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
  const scan = weighted ? (hash: number) => best(seeded, hash, score) : bestOf(seeded);
  const owner = nodes.length > unremembered ? remembered(scan) : scan;
  const [only] = seeded.length === 1 ? seeded : [];
  return Object.freeze({
    nodes: Object.freeze([...nodes]),
    nodeFor: only ? () => only.node : (key: string) => seeded[owner(fnv1a(key))]?.node,
    nodesFor: (key: string, count: number) => ranked(seeded, fnv1a(key), score).slice(0, count),
  });
}

/** Sorted by id, so that the order of discovery plays no part; two ids with one hash get different seeds. */
function seed(nodes: readonly Node[]): readonly Seeded[] {
  const taken = new Set<number>();
  return byId(nodes).map((node) => {
    let hash = fnv1a(node.id);
    while (taken.has(hash)) hash = fmix32(hash + 1);
    taken.add(hash);
    return { node, seed: hash, weight: weightOf(node) };
  });
}

const plainScore = (hash: number, { seed }: Seeded): number => fmix32(hash ^ seed);
const weightedScore = (hash: number, { seed, weight }: Seeded): number =>
  -weight / Math.log((fmix32(hash ^ seed) + 0.5) / 2 ** 32);

/** So few nodes are scored faster than a hash is looked up. */
const unremembered = 64;

/** @returns the index of the highest score; -1 without nodes. */
function best(seeded: readonly Seeded[], hash: number, score: typeof plainScore): number {
  let owner = -1;
  let highest = -Infinity;
  for (let i = 0; i < seeded.length; i++) {
    const own = score(hash, seeded[i]!);
    if (own > highest) [owner, highest] = [i, own];
  }
  return owner;
}

/**
 * The same by {@link plainScore}, which is MurmurHash3's finalizer: its first step is linear, and so is done once for each seed
 * and once for the hash; all is kept in 32 signed bits, compared with the sign bit turned.
 */
function bestOf(seeded: readonly Seeded[]): (hash: number) => number {
  const seeds = Int32Array.from(seeded, ({ seed }) => seed ^ (seed >>> 16));
  return (hash) => {
    const start = hash ^ (hash >>> 16);
    let owner = -1;
    let highest = 0;
    for (let i = 0; i < seeds.length; i++) {
      let mixed = Math.imul(start ^ seeds[i]!, 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      mixed = mixed ^ (mixed >>> 16) ^ 0x80000000;
      if (mixed > highest || owner < 0) [owner, highest] = [i, mixed];
    }
    return owner;
  };
}

const ranked = (seeded: readonly Seeded[], hash: number, score: typeof plainScore): readonly Node[] =>
  seeded
    .map((candidate) => ({ node: candidate.node, own: score(hash, candidate) }))
    .sort((a, b) => b.own - a.own)
    .map(({ node }) => node);
