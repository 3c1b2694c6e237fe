/** What changed in a namespace of a herd: some keys, all that has one of some tags, or everything. */
export type Change =
  | Readonly<{ kind: 'keys'; keys: readonly string[] }>
  | Readonly<{ kind: 'tags'; tags: readonly string[] }>
  | Readonly<{ kind: 'all' }>;

/** A change, by whom: `herd` and `namespace` are names, `origin` a text that no other process has. */
export type Invalidation = Readonly<{ origin: string; herd: string; namespace: string; change: Change }>;

/** What reaches a process that keeps values in memory. */
export interface InvalidationListener {
  onInvalidation(invalidation: Invalidation): void;

  /** Messages may have been missed: the connection was away, or one could not be read. All that is in memory is dropped. */
  onGap(): void;
}

/**
 * Tells all processes what to drop from their memory. It may deliver late, twice, and to the sender too; what it may have lost it
 * must report it by `onGap`. While it is silent, values live in memory for `memory.ttl` at most.
 */
export interface InvalidationBus {
  /** For messages, such as `redis`. */
  readonly name: string;

  /** Resolves once the message is handed over; rejects where it may not have been: it is then published again. */
  publish(invalidation: Invalidation): Promise<void>;

  /** @returns a function that ends the subscription, and what it holds. */
  subscribe(listener: InvalidationListener): () => void;
}
