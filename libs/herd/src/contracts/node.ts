/**
 * One server of a herd. `id`, not the address, is its place among the others: a server that is replaced under the same
 * id keeps its keys' place.
 */
export interface Node {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** Share of the keys, relative to the other nodes; above 0, default 1. */
  readonly weight?: number;
}
