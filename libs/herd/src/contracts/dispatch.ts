import type { Node } from './node.js';

/**
 * What becomes of an operation whose node is down, late or overloaded: `miss` answers as if the key were not there (for
 * caches), `error` throws (where a wrong "not there" would do harm).
 */
export type OnNodeDown = 'miss' | 'error';

/** One operation on one node. */
export type Operation<Client, Result> = (client: Client, node: Node) => Promise<Result>;

/** Brings operations to the nodes that own their keys, under the herd's deadline and failure policy. */
export interface Dispatch<Client> {
  /** @param miss the answer under the policy `miss`. */
  byKey<Result>(key: string, operation: Operation<Client, Result>, miss: Result): Promise<Result>;

  /** Runs `operation` once per node with the keys that it owns, and gathers; keys of a failed node are left out under `miss`. */
  byKeys<Result>(keys: readonly string[], operation: (client: Client, keys: readonly string[]) => Promise<ReadonlyMap<string, Result>>): Promise<Map<string, Result>>;
}

/** A dispatch to one node, whatever the key. Failures are always thrown. */
export interface NodeDispatch<Client> extends Dispatch<Client> {
  run<Result>(operation: Operation<Client, Result>): Promise<Result>;
}
