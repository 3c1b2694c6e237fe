import { partsIn, type KeyPart } from '../metadata/key-parts.js';

/** Rows by their keys: numbers by their size, texts by their code units. A database without an order gives them in any. */
export function inKeyOrder(rows: readonly object[], parts: readonly KeyPart[]): object[] {
  return rows
    .map((row) => ({ row, key: partsIn(parts, row) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ row }) => row);
}

function compareKeys(a: readonly unknown[], b: readonly unknown[]): number {
  for (const [at, value] of a.entries()) {
    const [one, other] = [value, b[at]] as [string, string];
    if (one < other) return -1;
    if (one > other) return 1;
  }
  return 0;
}
