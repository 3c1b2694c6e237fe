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

/** An operation on the client of a node. */
export type PoolOperation<Client, Result> = (client: Client, node: Node) => Promise<Result>;

/** Limits one node's load and time, and tracks its health. */
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

  /**
   * A write to `keys` did not surely reach the node: they are deleted there, before the node is used again where it is down.
   */
  invalidate(keys: readonly string[]): void;

  /** Accepts no more operations, waits up to `timeoutMs` for those in flight, then closes. */
  drain(timeoutMs: number): Promise<void>;
}
