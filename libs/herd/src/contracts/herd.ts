import type { Observable } from 'rxjs';

import type { Cache, Namespace, NamespaceOptions } from './cache.js';
import type { OnNodeDown } from './dispatch.js';
import type { KeyValueCommands } from './key-value-commands.js';
import type { Node } from './node.js';
import type { HerdSnapshot, Topology } from './topology.js';

/** What may differ from one use of a herd to another. */
export type HerdPolicy = Readonly<{ onNodeDown?: OnNodeDown; timeoutMs?: number }>;

/** What each herd has beside the commands of its driver. */
export interface HerdHandle<Commands extends object, NodeCommands extends object> {
  readonly name: string;

  /** The picture of now, then each later one; completes when the herd is closed. */
  readonly topology$: Observable<Topology>;
  readonly topology: Topology;

  /**
   * The counts of this moment, where `topology` has those of the last change, and each node's share of the keys. Sends nothing.
   *
   * @example for (const { node, stats } of herd.snapshot().nodes) gauge.set({ node: node.id }, stats.inFlight);
   */
  snapshot(): HerdSnapshot;

  /** @returns the owner of `key`, up or down; `undefined` only while there is no node. */
  nodeFor(key: string): Node | undefined;

  /**
   * Commands to one node, whatever the key. Failures are thrown, whatever the policy.
   *
   * @example await Promise.all(herd.topology.nodes.map(({ node }) => herd.on(node, (c) => c.stats())));
   */
  on<Result>(node: Pick<Node, 'id'>, use: (commands: NodeCommands) => Promise<Result>): Promise<Result>;

  /**
   * The same herd under another policy. Cheap, but made to be kept.
   *
   * @example const strict = herd.withPolicy({ onNodeDown: 'error', timeoutMs: 50 });
   */
  withPolicy(policy: HerdPolicy): Herd<Commands, NodeCommands>;

  /**
   * The value of `key`, or what `load` makes: see {@link Cache.getOrSet}. The key holds an entry of this call's own form:
   * read it by this call alone, and drop it by `delete`. The driver's codec must accept objects.
   */
  getOrSet: Cache['getOrSet'];

  /**
   * A part of the keys, with a cache's commands, that can be dropped as one. Cheap, but made to be kept: single flight is
   * per namespace object.
   *
   * @throws HerdOptionError for a bad name or option, or where the driver has no get, getMany, set, add and delete.
   * @example const users = herd.namespace('users', { staleIfError: '1h' });
   */
  namespace(name: string, options?: NamespaceOptions): Namespace;

  /** Queries the discovery now, and pings the nodes. Never rejects: see `topology.discovery`. */
  refresh(): Promise<void>;

  /** Freezes the topology: discovery is closed and not queried again. Operations go on. */
  stopDiscovery(): Promise<void>;

  /** Stops discovery, lets what is in flight finish (up to `drainTimeoutMs`), and closes all connections. */
  close(): Promise<void>;
}

/**
 * A herd of nodes with the commands of its driver, such as `Herd<MetaMemcachedCommands>`; `Herd` alone has those of every driver.
 */
export type Herd<Commands extends object = KeyValueCommands, NodeCommands extends object = Commands> = HerdHandle<
  Commands,
  NodeCommands
> &
  Commands;
