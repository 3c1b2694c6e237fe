import { SearchQueryError } from '../errors/query.errors.js';
import { putOwn } from './put-own.js';

/** Deeper than any clause that compiles. */
const MAX_LEVELS = 500;

/**
 * A frozen node with copies of the caller's objects, so that queries can share their parts: what is frozen already is
 * not copied, nor what has a class of its own.
 *
 * @throws SearchQueryError for an object that holds itself
 */
export function frozenCopy<N>(node: N, level = 0): Readonly<N> {
  if (typeof node !== 'object' || node === null || Object.isFrozen(node) || node instanceof Date) return node;
  if (level > MAX_LEVELS)
    throw new SearchQueryError(
      'query',
      `objects stand ${MAX_LEVELS} deep in one another at most: does one hold itself?`,
    );
  if (Array.isArray(node))
    return Object.freeze(node.map((one) => frozenCopy(one, level + 1))) as unknown as Readonly<N>;
  if (level > 0 && !isPlain(node)) return node;
  const copy: Record<string, unknown> = {};
  for (const key in node) putOwn(copy, key, frozenCopy(node[key], level + 1));
  return Object.freeze(copy) as Readonly<N>;
}

/** An object of the caller's own writing, from whichever realm. */
function isPlain(node: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(node);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
