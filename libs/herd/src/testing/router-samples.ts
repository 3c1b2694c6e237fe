import type { Node } from '../contracts/node.js';
import type { RouteTable } from '../contracts/router.js';

/** @returns `count` nodes of equal weight; those of a lower count are among those of a higher one. */
export const contractNodes = (count: number): readonly Node[] =>
  Object.freeze(
    Array.from({ length: count }, (_, i) =>
      Object.freeze({ id: `cache-${(i * 7) % 31}`, host: `10.0.0.${i + 1}`, port: 11211 }),
    ),
  );

export const contractKeys: readonly string[] = Array.from({ length: 5000 }, (_, i) => `user:${i * 31}:profile`);

export const ownersOf = (table: RouteTable): (string | undefined)[] =>
  contractKeys.map((key) => table.nodeFor(key)?.id);

/** @returns each owner's part of the keys, from 0 to 1. */
export function sharesOf(table: RouteTable): Map<string | undefined, number> {
  const shares = new Map<string | undefined, number>();
  for (const id of ownersOf(table)) shares.set(id, (shares.get(id) ?? 0) + 1 / contractKeys.length);
  return shares;
}

/** Fisher-Yates, with a linear congruential generator: the same order for the same seed. */
export function shuffled<Item>(items: readonly Item[], seed: number): readonly Item[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const j = seed % (i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return Object.freeze(result);
}
