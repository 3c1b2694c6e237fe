import type { CasOutcome, CasToken } from './key-value-commands.js';
import type { Ttl } from './ttl.js';

/** The commands that a cache needs of a herd; those of memcached and Redis herds are among them. */
export interface CacheCommands {
  get<Value = unknown>(key: string): Promise<Value | undefined>;
  getMany<Value = unknown>(keys: readonly string[]): Promise<Map<string, Value>>;
  set(key: string, value: unknown, options: { ttl: Ttl }): Promise<boolean>;
  add(key: string, value: unknown, options: { ttl: Ttl }): Promise<boolean>;
  delete(key: string): Promise<boolean>;
  gets<Value = unknown>(key: string): Promise<{ value: Value; cas: CasToken } | undefined>;
  cas(key: string, value: unknown, token: CasToken, options: { ttl: Ttl }): Promise<CasOutcome>;
  /** Optional, for many keys in one round trip per node. */
  setMany?(entries: Iterable<readonly [string, unknown]>, options: { ttl: Ttl }): Promise<Map<string, boolean>>;
  deleteMany?(keys: readonly string[]): Promise<Map<string, boolean>>;
}

/** How `getOrSet` behaves; each may be given for a whole namespace, and anew per call. */
export interface CacheOptions {
  /** Refreshes before the end, by chance, the earlier the larger; 0 never does. Default 1. */
  beta?: number;
  /** How long after its end a value may still be served when `load` fails. Default: not at all. */
  staleIfError?: Ttl;
  /** How long after its end a value is served at once, while it is made anew in the background. Default: not at all. */
  staleWhileRevalidate?: Ttl;
  /**
   * How long to wait for `load` where a value past its end may be served (`staleIfError`): then that is, and `load` goes on in
   * the background. Default: as long as `loadTimeout`.
   */
  softTimeout?: Exclude<Ttl, 'never'>;
  /** Values that are given, but not kept. Default: none. */
  unless?: (value: never) => boolean;
  /** What the value is made of, such as `['user:7']`: `deleteTags` of any drops it. Up to 20; of namespaces alone. */
  tags?: readonly string[];
  /** How long it is remembered that there is no value (`load` gave `undefined`). Default: not at all. */
  negativeTtl?: Ttl;
  /** Deadline of `load`, and how long other processes leave the loading to this one. Default `'10s'`. */
  loadTimeout?: Exclude<Ttl, 'never'>;
  /** How long to wait for the value that another process is loading, before loading it too. Milliseconds, default 1000. */
  waitMs?: number;
}

/** How long a value is good: for all, or by the value. */
export type TtlOf<Value> = Ttl | ((value: Value) => Ttl);

/** Makes the values of `keys` anew; a key that is left out has none. */
export type LoadMany<Value> = (
  keys: readonly string[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, Value>> | ReadonlyMap<string, Value>;

/** How `set` keeps a value. */
export type SetOptions = Readonly<{ ttl: Ttl; tags?: readonly string[] }>;

/** Makes a value anew. `signal` is aborted at the deadline. */
export type Load<Value> = (signal: AbortSignal) => Promise<Value> | Value;

/**
 * Values that can be made anew. The codec of the driver must accept plain objects, as `jsonCodec` does: a value is stored
 * with its end and the time that it took to make. Keys may be any text.
 */
export interface Cache {
  /**
   * The value of `key`, or what `load` makes. Within this process one `load` runs per key at a time; among processes one,
   * as far as the key's node can be reached. A cache that is down never fails this call: `load` does, or nothing.
   *
   * @param ttl how long the value is good.
   * @throws what `load` throws, unless `staleIfError` helps; HerdTimeoutError when it runs longer than `loadTimeout`.
   * @example const user = await users.getOrSet(id, '10m', () => this.repository.find(id));
   */
  getOrSet<Value>(key: string, ttl: TtlOf<Value>, load: Load<Value>, options?: CacheOptions): Promise<Value>;

  /**
   * The values of `keys`, of which `load` makes those that are missing, all by one call. Where it fails, or is late, values past
   * their end are served if there is one of each key that it was to make (`staleIfError`, `softTimeout`). It does not wait for
   * other processes that load the same keys.
   *
   * @example const found = await users.getOrSetMany(ids, '10m', (missing) => repository.mapByIds(missing));
   */
  getOrSetMany<Value>(
    keys: readonly string[],
    ttl: TtlOf<Value>,
    load: LoadMany<Value>,
    options?: CacheOptions,
  ): Promise<Map<string, Value>>;

  get<Value = unknown>(key: string): Promise<Value | undefined>;
  getMany<Value = unknown>(keys: readonly string[]): Promise<Map<string, Value>>;
  set(key: string, value: unknown, options: SetOptions): Promise<boolean>;

  /** @returns for each key, whether its value was stored. */
  setMany(
    entries: Iterable<readonly [key: string, value: unknown]>,
    options: SetOptions,
  ): Promise<Map<string, boolean>>;

  /** {@link delete} of many keys. @returns for each, whether there was a value. */
  deleteMany(keys: readonly string[]): Promise<Map<string, boolean>>;

  /** What is being loaded for `key` at this moment is not stored either. */
  delete(key: string): Promise<boolean>;
}

/** A part of a herd's keys that can be dropped as one. */
export interface Namespace extends Cache {
  readonly name: string;

  /**
   * Drops all keys of the namespace, however many, by one write. Keys of others stay.
   *
   * @returns false when the write did not surely arrive: it is made up for when the node is back.
   */
  clear(): Promise<boolean>;

  /**
   * Drops all values that have any of `tags`, by one write per tag; those that are being loaded are not kept.
   *
   * @returns false when a write did not surely arrive: it is made up for when the node is back.
   */
  deleteTags(tags: readonly string[]): Promise<boolean>;
}

/** Bounds of the values that a namespace keeps in this process. */
export interface MemoryOptions {
  /** Default 10,000. */
  maxEntries?: number;
  /** Of values as they are stored, and of their keys. Default 32 MiB. */
  maxBytes?: number;
  /** No value is served from memory for longer, although no change was reported. Default `'10s'`. */
  ttl?: Exclude<Ttl, 'never'>;
}

/**
 * @property generationMaxAgeMs how long this process may go on without seeing another's `clear()`, to spare the request. Default 0.
 * @property memory keeps values in this process too, kept true by the herd's `bus`. They are frozen. Default: none.
 */
export type NamespaceOptions = CacheOptions & { generationMaxAgeMs?: number; memory?: MemoryOptions };
