import type { Effect, Operation } from './dispatch.js';
import type { Node } from './node.js';

/**
 * Whether a node is used. Times are epoch milliseconds. `refusing`: it is used, and answers, but has refused what it was given,
 * as it is out of memory; it is up again when a second has passed in which it refused nothing, and a write is carried out.
 */
export type Health =
  | Readonly<{ state: 'up'; failures: number }>
  | Readonly<{ state: 'refusing'; since: number; reason: string; failures: number }>
  | Readonly<{ state: 'down'; since: number; reason: string; probes: number }>;

/** Counts since the pool was opened, but for `inFlight` and `queued`, which are of now. */
export type PoolStats = Readonly<{
  inFlight: number;
  queued: number;
  operations: number;
  failures: number;
  timeouts: number;
}>;

/** An operation on the client of a node, by a pool with `Infinity` for the longest life. */
export type PoolOperation<Client, Result> = Operation<Client, Result>;

/** Limits one node's load and time, and tracks its health. */
export interface Pool<Client> {
  readonly node: Node;
  readonly health: Health;
  readonly stats: PoolStats;

  /**
   * Runs `operation`, at once or when one before it is done.
   *
   * @param timeoutMs for queueing and running together.
   * @param keys what it is about. Those that the node missed a write to are deleted there first.
   * @param effect what it does to them. A key to which a write was given up is neither read nor written for `lateWritesMs`.
   * @throws HerdTimeoutError, HerdNodeDownError, HerdDoubtError, HerdOverloadError, or what the operation threw.
   */
  use<Result>(
    operation: PoolOperation<Client, Result>,
    timeoutMs: number,
    keys?: readonly string[],
    effect?: Effect,
  ): Promise<Result>;

  /**
   * A write to `keys` did not surely reach the node: they are deleted there, before they are used again.
   *
   * @param late whether the write may still arrive: then for `lateWritesMs` the keys are neither read nor written, and are deleted
   * once more.
   */
  doubt(keys: readonly string[], late: boolean): void;

  /** Accepts no more operations, waits up to `timeoutMs` for those in flight, then closes. */
  drain(timeoutMs: number): Promise<void>;
}
