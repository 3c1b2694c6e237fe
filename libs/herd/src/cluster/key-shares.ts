import type { RouteTable } from '../contracts/router.js';

const sampled = 10_000;
const measured = new WeakMap<RouteTable, ReadonlyMap<string, number>>();

/** @returns each node's part of the keys by id, from 0 to 1, on 10,000 keys. A table never changes: it is measured once. */
export function keyShares(table: RouteTable): ReadonlyMap<string, number> {
  const known = measured.get(table);
  if (known) return known;
  const counts = new Map<string, number>();
  for (let i = 0; i < sampled; i++) {
    const id = table.nodeFor(`key:${i}`)?.id;
    if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const shares = new Map([...counts].map(([id, count]) => [id, count / sampled]));
  measured.set(table, shares);
  return shares;
}
