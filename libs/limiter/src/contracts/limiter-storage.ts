import type { MaybePromise } from './maybe-promise.js';

/** What every limit has: a token adds `unitsPerToken` to its level, and fits while the level stays at or below `capacity`. */
export interface LimitRoom {
  readonly unitsPerToken: number;
  /** At most `Number.MAX_SAFE_INTEGER`, as every level. */
  readonly capacity: number;
  /** After a token found no room, none passes for so long, in microseconds. Not of a concurrency limit. */
  readonly blockMicros?: number;
}

/** A meter that drains `drainPerTick` units in each tick of `tickMicros`. */
export interface RateBucketLimit extends LimitRoom {
  readonly kind?: 'rate';
  readonly drainPerTick: number;
  readonly tickMicros: 1 | 1000;
  /** Units above `capacity` that `settle` may charge. Default 0. */
  readonly maxDebt?: number;
}

/** A count that starts again at each boundary. `unitsPerToken` is 1. */
export interface QuotaBucketLimit extends LimitRoom {
  readonly kind: 'quota';
  /** Starts of the period before, of this one, of the next and of the one after, in epoch microseconds: the storage's clock picks. */
  readonly boundaries: readonly [number, number, number, number];
}

/** So many at once, each until its lease is ended or is over. `unitsPerToken` is 1, and a call counts one, whatever it costs. */
export interface ConcurrencyBucketLimit extends LimitRoom {
  readonly kind: 'concurrency';
  readonly leaseMicros: number;
}

/** One limit in the whole numbers that a storage computes with. */
export type BucketLimit = RateBucketLimit | QuotaBucketLimit | ConcurrencyBucketLimit;

export interface BucketRequest {
  /** Printable ASCII without spaces, at most 200 characters; any string where the storage has `plainKeys`. */
  readonly key: string;
  /** Given where the storage has `plainKeys`: a bucket is named by its scope and its key together. */
  readonly scope?: string | undefined;
  /** The bucket holds one level for each, in this order. */
  readonly limits: readonly BucketLimit[];
  /** A storage that retries stops retrying after this long; the caller stops waiting then. */
  readonly timeoutMs: number;
}

export interface ApplyRequest extends BucketRequest {
  /**
   * Tokens, decided one after another; whole numbers other than 0. A negative one gives tokens back: it is always allowed,
   * and no level falls below zero.
   */
  readonly costs: readonly number[];
  /** Costs above 0 were spent already: they are always allowed, and fill each limit up to its capacity and its debt. */
  readonly settle?: boolean | undefined;
  /** The lease that ends before anything is decided. Without effect where it is over. */
  readonly endLease?: number | undefined;
}

/** Where the limits of a bucket stand. */
export interface BucketReading {
  /** The level of each limit, drained to this moment; above its capacity after a change of policy, or in debt. */
  readonly levels: readonly number[];
  /**
   * Microseconds until the level of a limit falls, where that is no matter of its rate: to the end of a quota's period, and of
   * the first lease; else 0. Present where a limit is a quota, counts leases, or blocks.
   */
  readonly waits?: readonly number[];
  /** Microseconds for which each limit blocks. Present where `waits` is. */
  readonly blocks?: readonly number[];
}

export interface AppliedCost extends BucketReading {
  readonly allowed: boolean;
  /** What ends the lease of this call. Present where it was allowed and a limit counts leases. */
  readonly lease?: number;
}

export interface StorageCapabilities {
  /** All callers are judged by one clock, the storage's own. Where false, their clocks must agree. */
  readonly serverClock: boolean;
  /** Several keys can be decided in one atomic step: there is an `applyAll`. */
  readonly multiKeyAtomic: boolean;
  /** Keys never leave the process: any string will do, and short ones are not hashed. Default false. */
  readonly plainKeys?: boolean;
}

/** Who waits for what `applyTo` answers: exactly one of the two is called, once, now or later. */
export interface AnswerListener<Answer = readonly AppliedCost[]> {
  succeed(answer: Answer): void;
  fail(error: unknown): void;
}

/**
 * Where buckets live. A storage brings its own clock, and must give the decisions that `applyCosts` gives
 * (use it where the storage runs JavaScript); `@rookery/limiter/testing` holds the suite that proves it.
 *
 * Failure: throw or reject, in bounded time. The caller applies `onStorageError`; never answer `allowed` in doubt.
 */
export interface LimiterStorage {
  /** Shown in messages and events: `'memory'`. */
  readonly name: string;
  readonly capabilities: StorageCapabilities;

  /**
   * Decides all costs in one atomic step per key: no other `apply` or `delete` of that key comes between reading and writing.
   * A cost is charged to every limit or to none. The state outlives the moment at which its levels reach zero, never less.
   * Where other limits are stored, the policy has changed: limits of the same rate, or the same periods, keep their level, others
   * are converted, and those that the request does not have are kept and charged too, so that whoever has them stays exact.
   *
   * @returns one answer for each cost, in order
   */
  apply(request: ApplyRequest): MaybePromise<readonly AppliedCost[]>;

  /**
   * Optional: what `apply` would answer, where that is there at once, without waiting for anything; else `undefined`, and
   * nothing has happened. Whoever gathers calls tries it first, so that such a storage is not held up.
   */
  applyNow?(request: ApplyRequest): readonly AppliedCost[] | undefined;

  /**
   * Optional: `apply`, which answers `listener` instead of a promise. Where answers come many at a time, a promise for each would
   * cost more than deciding it.
   */
  applyTo?(request: ApplyRequest, listener: AnswerListener): void;

  /**
   * Present where `multiKeyAtomic` is true. Decides one cost (the first of `costs`) on each bucket, in one atomic step for
   * all of them: every bucket is charged, or none where one refuses.
   *
   * @returns one answer for each bucket up to the first that refuses, its reading as it is at the end of the step
   */
  applyAll?(requests: readonly ApplyRequest[]): MaybePromise<readonly AppliedCost[]>;

  /** Where each limit stands now, at zero where nothing is stored. Charges and writes nothing. */
  read(request: BucketRequest): MaybePromise<BucketReading>;

  /** Forgets the bucket, so that the whole burst passes again. Without effect when there is none. */
  delete(request: Pick<BucketRequest, 'key' | 'scope' | 'timeoutMs'>): MaybePromise<void>;

  /** Releases what the storage itself opened: never a client that was passed in. */
  close?(): MaybePromise<void>;
}
