import type { Ttl } from '../contracts/ttl.js';

/** Names one version of one value, as `gets` gave it; see the driver for how long it is good. */
export type CasToken = string;

/** What came of a `cas`. `exists`: somebody has stored meanwhile; `missing`: there is no value any more. */
export type CasOutcome = 'stored' | 'exists' | 'missing';

/** A value that `casMany` stores if nobody has since the token `cas` was given. */
export type CasEntry = Readonly<{ value: unknown; cas: CasToken }>;

/** @property signal gives up waiting: the call rejects with the signal's reason, and what was sent may still be carried out. */
export type CallOptions = Readonly<{ signal?: AbortSignal }>;

/** @property ttl may be left out where the driver has a `defaultTtl`. */
export type StoreOptions = CallOptions & Readonly<{ ttl?: Ttl }>;

/**
 * The commands of a herd, of memcached and of Redis nodes alike.
 *
 * A bad key, ttl or value throws `HerdRequestError`. A stored value that cannot be decoded is reported on
 * `rookery:herd:failure`, and answered like a missing one. Of a node that is down, late or overloaded, the answers are those of
 * a missing key: `undefined` or an absent entry, and `false` for what was not (or not surely) stored or deleted. Under
 * `withPolicy({ onNodeDown: 'error' })` they are thrown instead.
 */
export interface KeyValueCommands {
  /** @returns the value, or `undefined`. `Value` is the type that you expect: nothing checks it. */
  get<Value = unknown>(key: string, options?: CallOptions): Promise<Value | undefined>;

  /** One round trip per node that owns any of `keys`, all at once. Keys without a value are not in the map. */
  getMany<Value = unknown>(keys: readonly string[], options?: CallOptions): Promise<Map<string, Value>>;

  /**
   * @example await cache.set('address:7', address, { ttl: '10m' });
   * @returns whether it was stored.
   */
  set(key: string, value: unknown, options?: StoreOptions): Promise<boolean>;

  /** Stores only where there is no value yet. */
  add(key: string, value: unknown, options?: StoreOptions): Promise<boolean>;

  /** Stores only where there is a value. */
  replace(key: string, value: unknown, options?: StoreOptions): Promise<boolean>;

  /** @returns whether there was a value. */
  delete(key: string, options?: CallOptions): Promise<boolean>;

  /** Gives a value a new life. @returns whether there was one. */
  touch(key: string, options?: StoreOptions): Promise<boolean>;

  /**
   * Adds to a counter, which begins as `add(key, 0, { ttl })`.
   *
   * @param by a whole number of 0 or more, default 1.
   * @returns the new count, or `undefined` where there is no counter.
   * @throws HerdRequestError where the value is no number, or the count has passed 2^53 - 1.
   */
  incr(key: string, by?: number, options?: CallOptions): Promise<number | undefined>;

  /** Like `incr`, downwards, and never below 0. */
  decr(key: string, by?: number, options?: CallOptions): Promise<number | undefined>;

  /** The value with the token for {@link cas}. */
  gets<Value = unknown>(key: string, options?: CallOptions): Promise<{ value: Value; cas: CasToken } | undefined>;

  /** Stores only if nobody has since `token` was given. `exists`: somebody has; `missing`: there is no value any more. */
  cas(key: string, value: unknown, token: CasToken, options?: StoreOptions): Promise<CasOutcome>;

  /**
   * {@link set} of many keys: one round trip per node that owns any of them, all at once. Of a key that is given twice, the
   * last value counts.
   *
   * @returns for each key, whether its value was stored.
   * @throws HerdRequestError for a bad key, ttl or value, before anything is sent; HerdManyError, once all have ended, where
   * a server refuses some, and under `onNodeDown: 'error'` where nodes fail: what came of each key is in it.
   * @example await cache.setMany([['a', 1], ['b', 2]], { ttl: '10m' }); // Map { 'a' => true, 'b' => true }
   */
  setMany(
    entries: Iterable<readonly [key: string, value: unknown]>,
    options?: StoreOptions,
  ): Promise<Map<string, boolean>>;

  /** {@link delete} of many keys, as {@link setMany} stores them. @returns for each key, whether there was a value. */
  deleteMany(keys: readonly string[], options?: CallOptions): Promise<Map<string, boolean>>;

  /** The values with their tokens for {@link casMany}; keys without a value are not in the map. */
  getsMany<Value = unknown>(
    keys: readonly string[],
    options?: CallOptions,
  ): Promise<Map<string, { value: Value; cas: CasToken }>>;

  /**
   * {@link cas} of many keys, each for itself, as {@link setMany} stores them.
   *
   * @example
   * const found = await cache.getsMany<number>(keys);
   * await cache.casMany([...found].map(([key, { value, cas }]) => [key, { value: value + 1, cas }]), { ttl: '10m' });
   */
  casMany(
    entries: Iterable<readonly [key: string, CasEntry]>,
    options?: StoreOptions,
  ): Promise<Map<string, CasOutcome>>;
}

/** The commands of one node: those of a herd, and more. */
export interface KeyValueNodeCommands extends KeyValueCommands {
  /** The server's own counts, by name. */
  stats(): Promise<Readonly<Record<string, string>>>;

  /** Deletes all values of this node, whoever wrote them. */
  flush(): Promise<void>;

  version(): Promise<string>;
}
