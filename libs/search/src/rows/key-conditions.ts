import type { EntityMetadata } from '@mikro-orm/core';
import { primaryKeyParts, shortestPath, type DocumentKey, type KeyPart, type KeyValue } from '../metadata/key-parts.js';

/** Conditions and orders of the ORM are objects of objects. */
type Tree = Record<string, unknown>;

/** Rows with one of these keys. */
export function withKeys(parts: readonly KeyPart[], keys: readonly DocumentKey[]): object {
  const [first] = parts;
  if (parts.length === 1 || keys.length === 0)
    return nested(shortestPath(first!, parts), { $in: keys.map((key) => first!.fromKey(valuesOf(key)[0]!)) });
  return { $or: keys.map((key) => equal(parts, valuesOf(key))) };
}

/**
 * A relation, at the side with the columns, to rows with one of these keys: its columns are compared, so that no row of the
 * related table needs to be there any more. Conditions inside of the relation would join it behind a collection, and of a
 * class with rows of its own the ORM joins those of that class alone.
 */
export function withForeignKeys(target: EntityMetadata, keys: readonly DocumentKey[]): object {
  const parts = primaryKeyParts(target);
  const lists = keys.map((key) => parts.map((part, at) => part.fromKey(valuesOf(key)[at]!)));
  return { $in: parts.length === 1 ? lists.map(([value]) => value) : lists };
}

/** Rows that come after a key in the order of keys. */
export function afterKey(parts: readonly KeyPart[], key: DocumentKey): object {
  const values = valuesOf(key);
  const later = parts.map((part, at) => {
    const greater = nested(shortestPath(part, parts), { $gt: part.fromKey(values[at]!) });
    // Apart: side by side in one object the ORM reads `{ $gt }` as a value of a composite foreign key.
    return at === 0 ? greater : { $and: [equal(parts, values, at), greater] };
  });
  return later.length === 1 ? later[0]! : { $or: later };
}

/** The order of keys. */
export function keyOrder(parts: readonly KeyPart[]): object {
  return merged(parts.map((part) => nested(shortestPath(part, parts), 'asc')));
}

/** Properties of the entity itself that hold its key. */
export function keyProperties(parts: readonly KeyPart[]): string[] {
  return [...new Set(parts.map(({ path }) => path[0]!))];
}

/** The first `count` columns, all when absent. */
function equal(parts: readonly KeyPart[], values: readonly KeyValue[], count: number = parts.length): Tree {
  return merged(parts.slice(0, count).map((part, at) => nested(shortestPath(part, parts), part.fromKey(values[at]!))));
}

function valuesOf(key: DocumentKey): readonly KeyValue[] {
  return typeof key === 'object' ? key : [key];
}

/** A condition at the end of a path. */
export function nested(path: readonly string[], value: unknown): Tree {
  return path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value) as Tree;
}

function merged(trees: readonly Tree[]): Tree {
  const all: Tree = {};
  for (const tree of trees)
    for (const [name, value] of Object.entries(tree)) {
      const there = all[name];
      all[name] = isTree(there) && isTree(value) ? merged([there, value]) : value;
    }
  return all;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
