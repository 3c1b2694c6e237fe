/** Freezes a node and what it holds, so that queries can share their parts. */
export function freezeNode<N>(node: N): Readonly<N> {
  if (typeof node !== 'object' || node === null || Object.isFrozen(node) || node instanceof Date) return node;
  for (const value of Object.values(node)) freezeNode(value);
  return Object.freeze(node);
}

/** A frozen node with copies of the caller's objects: those stay the caller's, and nodes that are frozen are shared. */
export function frozenCopy<N>(node: N): Readonly<N> {
  if (typeof node !== 'object' || node === null || Object.isFrozen(node) || node instanceof Date) return node;
  if (Array.isArray(node)) return Object.freeze(node.map(frozenCopy)) as unknown as Readonly<N>;
  const copy: Record<string, unknown> = {};
  for (const key in node) copy[key] = frozenCopy(node[key]);
  return Object.freeze(copy) as Readonly<N>;
}
