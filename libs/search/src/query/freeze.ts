/** A frozen node with copies of the caller's objects, so that queries can share their parts: what is frozen already is not copied. */
export function frozenCopy<N>(node: N): Readonly<N> {
  if (typeof node !== 'object' || node === null || Object.isFrozen(node) || node instanceof Date) return node;
  if (Array.isArray(node)) return Object.freeze(node.map(frozenCopy)) as unknown as Readonly<N>;
  const copy: Record<string, unknown> = {};
  for (const key in node) copy[key] = frozenCopy(node[key]);
  return Object.freeze(copy) as Readonly<N>;
}
