import type { Node } from './node.js';
import type { Pending } from './pending.js';

/**
 * What becomes of an operation whose node is down, late or overloaded: `miss` answers as if the key were not there (for
 * caches), `error` throws (where a wrong "not there" would do harm), `next` lets the next node that is up stand in, with a
 * short life for what is written there, and answers like `miss` when that fails too, and where the node is overloaded: that would only
 * move on.
 */
export type OnNodeDown = 'miss' | 'error' | 'next';

/**
 * One operation on one node.
 *
 * @param maxTtlMs the longest life that may be given to a value: `Infinity`, or less on a node that stands in.
 */
export type Operation<Client, Result> = (
  client: Client,
  node: Node,
  maxTtlMs: number,
) => Promise<Result> | Pending<Result>;

/**
 * One operation on several keys of one node. A key that failed has its error (a `HerdOperationError`) for a
 * result, and holds up no other.
 *
 * @param maxTtlMs as for {@link Operation}.
 */
export type ManyOperation<Client, Result> = (
  client: Client,
  keys: readonly string[],
  node: Node,
  maxTtlMs: number,
) => Promise<ReadonlyMap<string, Result | Error>>;

/**
 * What an operation does to a key. `read`, `write` and `delete` may be carried out by a node that stands in; a `write` or `delete`
 * that does not reach the owner leaves a stale value there, which is invalidated before the owner is used again. A `write` that was
 * given up may arrive late and store what is old by then, so for a time the key is neither read nor written; a `delete` (or what
 * marks a value as out of date) may arrive whenever it likes. `bound` writes too, and belongs to the owner alone: counters, and tokens.
 */
export type Effect = 'read' | 'write' | 'delete' | 'bound';

/**
 * @property signal gives up waiting: the operation rejects with the signal's reason, whatever the policy.
 * @property lifeMs the life that the operation gives to a value, in milliseconds, `Infinity` for ever: for so long other nodes
 * may have old values of the key.
 * @property standIns false where a read is of use at the owner alone. Default true.
 * @property needsValue whether the outcome follows from the value that is there: after a change of the fleet that is copied first.
 */
export type Intent = Readonly<{
  effect?: Effect;
  lifeMs?: number;
  signal?: AbortSignal | undefined;
  standIns?: boolean;
  needsValue?: boolean;
}>;

/** Brings operations to the nodes that own their keys, under the herd's deadline and failure policy. */
export interface Dispatch<Client> {
  /**
   * @param miss the answer under the policies `miss` and `next`.
   * @param intent `effect` is `bound` by default.
   */
  byKey<Result>(key: string, operation: Operation<Client, Result>, miss: Result, intent?: Intent): Promise<Result>;

  /**
   * Runs `operation` once per node with the keys that it owns, all at once, and gathers what came of each. One that writes
   * closes over its values, and finds them by key. Keys whose node failed are left out under `miss` and `next`.
   *
   * @param intent `effect` is `read` by default.
   * @throws what failed first, where it reads; HerdManyError, once all have ended, where it writes.
   */
  byKeys<Result>(
    keys: readonly string[],
    operation: ManyOperation<Client, Result>,
    intent?: Intent,
  ): Promise<Map<string, Result>>;
}

/** A dispatch to one node, whatever the key. Failures are always thrown. */
export interface NodeDispatch<Client> extends Dispatch<Client> {
  run<Result>(operation: Operation<Client, Result>): Promise<Result>;
}
