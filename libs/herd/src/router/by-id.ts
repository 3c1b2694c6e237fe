import type { Node } from '../contracts/node.js';

/** @returns the nodes in the order of their ids, so that the order of discovery plays no part. */
export const byId = (nodes: readonly Node[]): readonly Node[] =>
  Object.freeze([...nodes].sort((a, b) => (a.id < b.id ? -1 : 1)));

export const weightOf = ({ weight = 1 }: Node): number => weight;
