import type { Node } from './node.js';

/** Whether a node is used. Times are epoch milliseconds. */
export type Health =
  | Readonly<{ state: 'up'; failures: number }>
  | Readonly<{ state: 'down'; since: number; reason: string; probes: number }>;

/** Counts since the pool was opened, but for `inFlight` and `queued`, which are of now. */
export type PoolStats = Readonly<{
  inFlight: number;
  queued: number;
  operations: number;
  failures: number;
  timeouts: number;
}>;

/** An operation, told by its node. */
export type PoolOperation<Client, Result> = (client: Client, node: Node) => Promise<Result>;

/** Limits one node's load and time, and knows whether the node is well. */
export interface Pool<Client> {
  readonly node: Node;
  readonly health: Health;
  readonly stats: PoolStats;

  /**
   * Runs `operation`, at once or when one before it is done.
   *
   * @param timeoutMs for queueing and running together.
   * @param keys what it is about.
   * @throws HerdTimeoutError, HerdNodeDownError, HerdOverloadError, or what the operation threw.
   */
  use<Result>(operation: PoolOperation<Client, Result>, timeoutMs: number, keys?: readonly string[]): Promise<Result>;

  /** A write to `keys` did not surely reach the node: it is to forget them, and before it is used again when it is down. */
  doubt(keys: readonly string[]): void;

  /** Takes no more operations, waits up to `timeoutMs` for those in flight, then closes. */
  drain(timeoutMs: number): Promise<void>;
}
