/** Freezes a node and what it holds, so that queries can share their parts. */
export function freezeNode<N>(node: N): Readonly<N> {
  if (typeof node !== 'object' || node === null || Object.isFrozen(node) || node instanceof Date) return node;
  for (const value of Object.values(node)) freezeNode(value);
  return Object.freeze(node);
}
