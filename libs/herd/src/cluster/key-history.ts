import type { RouteTable } from '../contracts/router.js';

/** Different tables that are remembered beside the present one. */
const maxTables = 8;

type Past = Readonly<{ id: string; table: RouteTable; leftAt: number }>;

/**
 * The tables of before, as far back as the longest life of a value: a node that owned a key may still have a value of it, which a
 * write at the present owner makes old.
 */
export class KeyHistory {
  private past: readonly Past[] = [];

  /** @param clock milliseconds that never go back. */
  constructor(
    private readonly longestLifeMs: () => number,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** `table` is left for `next`. */
  leave(table: RouteTable, next: RouteTable): void {
    const now = this.clock();
    const present = identityOf(next);
    const id = identityOf(table);
    const kept = this.past.filter(
      (past) => past.id !== id && past.id !== present && now - past.leftAt < this.longestLifeMs(),
    );
    this.past =
      id === present || table.nodes.length === 0 ? kept : [{ id, table, leftAt: now }, ...kept].slice(0, maxTables);
  }

  /** @returns the ids of the nodes, other than `owner`, that owned `key` before. */
  formerOwners(key: string, owner: string): readonly string[] {
    if (this.past.length === 0) return none;
    const ids = this.past.flatMap(({ table }) => table.nodeFor(key)?.id ?? []);
    return [...new Set(ids)].filter((id) => id !== owner);
  }
}

const none: readonly string[] = [];

/** Two tables of the same nodes and weights route alike. */
const identityOf = ({ nodes }: RouteTable): string =>
  JSON.stringify(nodes.map(({ id, weight = 1 }) => [id, weight]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
