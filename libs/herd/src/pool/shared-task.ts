import type { Effect, ManyOperation } from '../contracts/dispatch.js';
import { Task } from './task.js';

/** One operation on several keys of a node. Where some of them must not be used now, it goes on with the others. */
export class SharedTask<Client, Result> extends Task {
  private readonly without = new Map<string, Error>();

  /** @param hear called with the outcome of the keys that were not left out; what it returns is that of all. */
  constructor(
    operation: ManyOperation<Client, Result>,
    private readonly all: readonly string[],
    { leftMs, wholeMs }: Readonly<{ leftMs: number; wholeMs: number }>,
    maxTtlMs: number,
    effect: Effect,
    hear: (outcomes: ReadonlyMap<string, Result | Error>) => unknown,
  ) {
    super(
      async (client, node) => hear(await operation(client, this.keys, node, maxTtlMs)),
      leftMs,
      effect,
      undefined,
      wholeMs,
    );
  }

  /** Those that are left. */
  override get keys(): readonly string[] {
    return this.without.size === 0 ? this.all : this.all.filter((key) => !this.without.has(key));
  }

  override get leftOut(): Map<string, Error> {
    return this.without;
  }
}
