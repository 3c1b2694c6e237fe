import type { Node } from './node.js';

/**
 * What becomes of an operation whose node is down, late or overloaded: `miss` answers as if the key were not there (for
 * caches), `error` throws (where a wrong "not there" would do harm), `next` lets the next node that is up stand in, with a
 * short life for what is written there, and answers like `miss` when that fails too.
 */
export type OnNodeDown = 'miss' | 'error' | 'next';

/**
 * One operation on one node.
 *
 * @param maxTtlMs the longest life that may be given to a value: `Infinity`, or less on a node that stands in.
 */
export type Operation<Client, Result> = (client: Client, node: Node, maxTtlMs: number) => Promise<Result>;

/**
 * What an operation does to a key. `read` and `write` may be carried out by a node that stands in; a `write` that does not
 * reach the owner leaves a stale value there, which is invalidated before the owner is used again. `bound` belongs to
 * the owner alone: counters, and tokens.
 */
export type Effect = 'read' | 'write' | 'bound';

/**
 * @property signal gives up waiting: the operation rejects with the signal's reason, whatever the policy.
 * @property lifeMs the life that the operation gives to a value, in milliseconds, `Infinity` for ever: for so long other nodes
 * may have old values of the key.
 */
export type Intent = Readonly<{ effect?: Effect; lifeMs?: number; signal?: AbortSignal | undefined }>;

/** Brings operations to the nodes that own their keys, under the herd's deadline and failure policy. */
export interface Dispatch<Client> {
  /**
   * @param miss the answer under the policies `miss` and `next`.
   * @param intent `effect` is `bound` by default.
   */
  byKey<Result>(key: string, operation: Operation<Client, Result>, miss: Result, intent?: Intent): Promise<Result>;

  /**
   * Reads: runs `operation` once per node with the keys that it owns, and gathers; keys of a failed node are left out under `miss`.
   * A `HerdUnreadableError` in the place of a result is that key's failure alone.
   */
  byKeys<Result>(
    keys: readonly string[],
    operation: (client: Client, keys: readonly string[]) => Promise<ReadonlyMap<string, Result>>,
    intent?: Pick<Intent, 'signal'>,
  ): Promise<Map<string, Result>>;
}

/** A dispatch to one node, whatever the key. Failures are always thrown. */
export interface NodeDispatch<Client> extends Dispatch<Client> {
  run<Result>(operation: Operation<Client, Result>): Promise<Result>;
}
