import type { Dispatch, NodeDispatch } from './dispatch.js';
import type { Node } from './node.js';

/** Whose fault a failure is: only `node` counts against the node. */
export type Failure = 'node' | 'request' | 'overload';

/**
 * The protocol of one kind of server. A client belongs to one node and heals itself: after a lost connection the next
 * operation connects again. Nothing here routes, retries or waits for a deadline; the pool does.
 *
 * @typeParam Client the connection to one node.
 * @typeParam Commands what an application calls on the herd.
 * @typeParam NodeCommands what it calls on one node, by `herd.on(node, …)`.
 */
export interface Driver<Client, Commands extends object, NodeCommands extends object = Commands> {
  readonly name: string;

  /** Optional: the shortest ttl that the servers can keep; a cache refuses a shorter one. Default 0. */
  readonly leastTtlMs?: number;

  /** Optional: false where a node accepts only its own keys, so that the policy `next` is refused. Default true. */
  readonly standIns?: boolean;

  /** Makes a client for `node`. Does not wait for a connection, and does not fail where there is none. */
  open(node: Node): Client;

  /** Resolves once the node has answered; rejects when it cannot be reached. The pool stops waiting at its deadline. */
  ping(client: Client): Promise<void>;

  /**
   * An operation's deadline has passed: what is in flight is to be rejected, and the connection never used again, as its
   * answers may still come.
   */
  abandon(client: Client): void;

  /**
   * Optional: deletes `keys`, or every value of the node. The pool calls it before a node is used again that missed writes
   * to them; without it, such a node answers with what it had.
   */
  invalidate?(client: Client, keys: readonly string[] | 'all'): Promise<void>;

  /** Closes for good; what is still in flight is rejected. */
  close(client: Client): Promise<void>;

  classify(error: unknown): Failure;

  /** The commands as a plain object of functions, each routed by `dispatch`. */
  commands(dispatch: Dispatch<Client>): Commands;

  /** The commands of one node. */
  nodeCommands(dispatch: NodeDispatch<Client>): NodeCommands;
}
