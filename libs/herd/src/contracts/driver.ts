import type { Codec, Encoded } from './codec.js';
import type { Dispatch, NodeDispatch } from './dispatch.js';
import type { Failure } from './failure.js';
import type { Node } from './node.js';

export type { Failure } from './failure.js';

/**
 * A value as a node has it, and the life that is left to it, in milliseconds; `Infinity` for ever.
 *
 * @property version differs where the value was written anew, as far as the server distinguishes that.
 */
export type Held = Readonly<{ encoded: Encoded; lifeMs: number; version: string }>;

/** How values are brought from one node to another. */
export interface Copies<Client> {
  /** @returns what the node has; `undefined` where it has nothing, or does not report its life. */
  read(client: Client, key: string): Promise<Held | undefined>;

  /** Stores only where there is no value yet, with the life that is left. @returns whether it was stored. */
  add(client: Client, key: string, held: Held): Promise<boolean>;
}

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

  /**
   * Optional: the last moment, in epoch milliseconds, at which the servers can let a value end. A cache keeps what ends later there
   * without an end, and reads it no longer than it lives. Default: none.
   */
  readonly lastMomentMs?: number;

  /** Optional: how values are stored, so that a cache gives a value that it has just made as it will give it later. Default JSON. */
  readonly codec?: Codec;
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
   * Optional: deletes `keys`, and nothing else. The pool calls it for keys that the node missed writes to, before they are used
   * again, and for a key that nobody has to see whether a node that was down accepts writes. Without it, a node that was away
   * answers with what it had.
   */
  invalidate?(client: Client, keys: readonly string[]): Promise<void>;

  /**
   * Optional, where a node accepts some keys alone: a key that begins with `beginning` and that nobody has, such as this node accepts.
   * Default: `beginning` itself.
   */
  unusedKey?(client: Client, beginning: string): string;

  /** Optional: for `warmUpFor`, which copies values to the nodes that they moved to. */
  readonly copies?: Copies<Client>;

  /** Closes for good; what is still in flight is rejected. */
  close(client: Client): Promise<void>;

  classify(error: unknown): Failure;

  /** The commands as a plain object of functions, each routed by `dispatch`. */
  commands(dispatch: Dispatch<Client>): Commands;

  /** The commands of one node. */
  nodeCommands(dispatch: NodeDispatch<Client>): NodeCommands;
}
