import type { Node } from '../contracts/node.js';

/** A circle of 2^32 places on which each node owns points; a key belongs to the first point at or after its hash. */
export type Ring = Readonly<{ points: Uint32Array; owners: Uint32Array }>;

/** @param pointsOf the places of each owner, by its index. Of two owners with one place, the lower index gets it. */
export function buildRing(pointsOf: readonly Uint32Array[]): Ring {
  const ring = emptyRing(pointsOf.reduce((sum, { length }) => sum + length, 0));
  let next = 0;
  pointsOf.forEach((points, owner) => {
    ring.points.set(points, next);
    ring.owners.fill(owner, next, (next += points.length));
  });
  return [0, 8, 16, 24].reduce(sortByByte, ring);
}

const emptyRing = (size: number): Ring => ({ points: new Uint32Array(size), owners: new Uint32Array(size) });

/** A pass of a radix sort, which keeps the order of equals; a tenth of the time of `sort` for the points of 1000 nodes. */
function sortByByte({ points, owners }: Ring, shift: number): Ring {
  const starts = new Uint32Array(257);
  for (const point of points) {
    const after = ((point >>> shift) & 255) + 1;
    starts[after] = starts[after]! + 1;
  }
  for (let byte = 1; byte < 257; byte++) starts[byte] = starts[byte]! + starts[byte - 1]!;
  const sorted = emptyRing(points.length);
  for (let i = 0; i < points.length; i++) {
    const byte = (points[i]! >>> shift) & 255;
    const place = starts[byte]!;
    starts[byte] = place + 1;
    sorted.points[place] = points[i]!;
    sorted.owners[place] = owners[i]!;
  }
  return sorted;
}

/** @returns the index of the first point at or after `hash`, going round at the end. */
export function firstPoint({ points }: Ring, hash: number): number {
  const index = countBelow(points, hash);
  return index === points.length ? 0 : index;
}

/** @returns how many of the numbers, which ascend, are below `bound`. */
export function countBelow(ascending: Uint32Array | Float64Array, bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Walks a circle of owners from `start`. @returns up to `count` different nodes, in the order of the walk. */
export function walk(owners: Uint32Array, start: number, nodes: readonly Node[], count: number): readonly Node[] {
  const met = new Set<number>();
  const wanted = Math.min(count, nodes.length);
  for (let step = 0; step < owners.length && met.size < wanted; step++)
    met.add(owners[(start + step) % owners.length]!);
  return [...met].map((owner) => nodes[owner]!);
}
