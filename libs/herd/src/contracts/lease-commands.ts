import type { Duration } from './duration.js';
import type { CallOptions, StoreOptions } from './key-value-commands.js';

/** The right to make one value anew, held by one caller at a time. Good for the connection that gave it. */
export type LeaseToken = string;

/**
 * What a read with a lease found. `stale`: the value was marked so, and may be served while it is made anew. `lease`: this
 * caller is to make the value, and nobody else. `held`: somebody else is at it; where neither stands beside `missing`, no lease could be had.
 */
export type Leased<Value> =
  | Readonly<{ state: 'fresh' | 'stale'; value: Value; lease?: LeaseToken; held?: true }>
  | Readonly<{ state: 'missing'; lease?: LeaseToken; held?: true }>;

/**
 * @property leaseTtl after which a lease that was not used goes to another caller: as long as making the value may take.
 * @property refreshBefore gives a lease for a value that is fresh, too, once less than this is left of its life.
 */
export type LeaseOptions = CallOptions & Readonly<{ leaseTtl: Duration; refreshBefore?: Duration }>;

/**
 * Optional commands of a driver whose servers hand out leases with their values: that one caller makes a missing value costs no
 * second request. Keys that are read so are to be read so alone: `get` may take a lease, and finds nothing in what is stale.
 */
export interface LeaseCommands {
  /** @throws HerdRequestError for a life below one second. */
  getLeased<Value = unknown>(key: string, options: LeaseOptions): Promise<Leased<Value>>;

  /** Stores what the holder of a lease made. @returns false where the key was written, deleted or marked meanwhile. */
  setLeased(key: string, value: unknown, lease: LeaseToken, options?: StoreOptions): Promise<boolean>;

  /**
   * Gives back a lease of which nothing came: the next reader has it, and a value that is fresh or stale stays as it is.
   *
   * @returns false where it was good no more.
   */
  releaseLease(key: string, lease: LeaseToken, options?: CallOptions): Promise<boolean>;

  /** Marks a value as out of date: for `ttl` it is served as `stale`, and the next reader has the lease. @returns whether there was one. */
  markStale(key: string, options?: StoreOptions): Promise<boolean>;
}
