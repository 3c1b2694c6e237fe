import type { Ttl } from '../contracts/ttl.js';

/** The commands that a cache needs of a herd; those of memcached and Redis herds are among them. */
export interface CacheCommands {
  get<Value = unknown>(key: string): Promise<Value | undefined>;
  getMany<Value = unknown>(keys: readonly string[]): Promise<Map<string, Value>>;
  set(key: string, value: unknown, options: { ttl: Ttl }): Promise<boolean>;
  add(key: string, value: unknown, options: { ttl: Ttl }): Promise<boolean>;
  delete(key: string): Promise<boolean>;
}

/** How `getOrSet` behaves; each may be given for a whole namespace, and anew per call. */
export interface CacheOptions {
  /** Refreshes before the end, by chance, the earlier the larger; 0 never does. Default 1. */
  beta?: number;
  /** How long after its end a value may still be served when `load` fails. Default: not at all. */
  staleIfError?: Ttl;
  /** How long it is remembered that there is no value (`load` gave `undefined`). Default: not at all. */
  negativeTtl?: Ttl;
  /** Deadline of `load`, and how long other processes leave the loading to this one. Default `'10s'`. */
  loadTimeout?: Exclude<Ttl, 'never'>;
  /** How long to wait for the value that another process is loading, before loading it too. Milliseconds, default 1000. */
  waitMs?: number;
}

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
  getOrSet<Value>(key: string, ttl: Ttl, load: Load<Value>, options?: CacheOptions): Promise<Value>;

  get<Value = unknown>(key: string): Promise<Value | undefined>;
  getMany<Value = unknown>(keys: readonly string[]): Promise<Map<string, Value>>;
  set(key: string, value: unknown, options: { ttl: Ttl }): Promise<boolean>;

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
}

/** @property generationMaxAgeMs how long this process may go on without seeing another's `clear()`, to spare the request. Default 0. */
export type NamespaceOptions = CacheOptions & { generationMaxAgeMs?: number };
