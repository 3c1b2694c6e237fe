import type { Node } from './node.js';

/** Which node owns which key, for one fixed set of nodes: never changes once built. */
export interface RouteTable {
  readonly nodes: readonly Node[];

  /** @returns the owner of `key`; `undefined` only where there are no nodes. */
  nodeFor(key: string): Node | undefined;

  /** @returns up to `count` different nodes in the order in which they would own `key`, the owner first. */
  nodesFor(key: string, count: number): readonly Node[];
}

/** Spreads keys over nodes. Pure: the same nodes, in whatever order, give the same table in every process. */
export interface Router {
  readonly name: string;
  build(nodes: readonly Node[]): RouteTable;
}
