import type { Operation } from './dispatch.js';
import type { Node } from './node.js';

/** Whether a node is used. Times are epoch milliseconds. */
export type Health =
  | Readonly<{ state: 'up'; failures: number }>
  | Readonly<{ state: 'down'; since: number; reason: string; probes: number }>;

/** Counts since the pool was opened, but for `inFlight` and `queued`, which are of now. */
export type PoolStats = Readonly<{ inFlight: number; queued: number; operations: number; failures: number; timeouts: number }>;

/** Limits one node's load and time, and knows whether the node is well. */
export interface Pool<Client> {
  readonly node: Node;
  readonly health: Health;
  readonly stats: PoolStats;

  /**
   * Runs `operation`, at once or when one before it is done.
   *
   * @param timeoutMs for queueing and running together.
   * @throws HerdTimeoutError, HerdNodeDownError, HerdOverloadError, or what the operation threw.
   */
  use<Result>(operation: Operation<Client, Result>, timeoutMs: number): Promise<Result>;

  /** Takes no more operations, waits up to `timeoutMs` for those in flight, then closes. */
  drain(timeoutMs: number): Promise<void>;
}
