import type { MaybePromise } from './maybe-promise.js';

/**
 * One limit in the whole numbers that a storage computes with: a meter that drains `drainPerTick` units in each tick of
 * `tickMicros`; a token adds `unitsPerToken`, and fits while the level stays at or below `capacity`.
 */
export interface BucketLimit {
  readonly drainPerTick: number;
  readonly unitsPerToken: number;
  /** `burst * unitsPerToken`, at most `Number.MAX_SAFE_INTEGER`. */
  readonly capacity: number;
  readonly tickMicros: 1 | 1000;
}

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
}

export interface AppliedCost {
  readonly allowed: boolean;
  /** The level of each limit right after this cost was decided, drained to the moment of the decision. */
  readonly levels: readonly number[];
}

export interface StorageCapabilities {
  /** All callers are judged by one clock, the storage's own. Where false, their clocks must agree. */
  readonly serverClock: boolean;
  /** Several keys can be decided in one atomic step: there is an `applyAll`. */
  readonly multiKeyAtomic: boolean;
  /** Keys never leave the process: any string will do, and short ones are not hashed. Default false. */
  readonly plainKeys?: boolean;
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
   * Where the stored `unitsPerToken` differs, the policy has changed: levels are converted, rounded up, and clamped.
   *
   * @returns one answer for each cost, in order
   */
  apply(request: ApplyRequest): MaybePromise<readonly AppliedCost[]>;

  /**
   * Optional: what `apply` would answer, where that is known at once, without waiting for anything; else `undefined`, and
   * nothing has happened. Whoever gathers calls tries it first, so that such a storage is not held up.
   */
  applyNow?(request: ApplyRequest): readonly AppliedCost[] | undefined;

  /**
   * Present where `multiKeyAtomic` is true. Decides one cost (the first of `costs`) on each bucket, in one atomic step for
   * all of them: every bucket is charged, or none where one refuses.
   *
   * @returns one answer for each bucket up to the first that refuses, its levels as they are at the end of the step
   */
  applyAll?(requests: readonly ApplyRequest[]): MaybePromise<readonly AppliedCost[]>;

  /** The level of each limit now, zero where nothing is stored. Charges and writes nothing. */
  read(request: BucketRequest): MaybePromise<readonly number[]>;

  /** Forgets the bucket, so that the whole burst passes again. Without effect when there is none. */
  delete(request: Pick<BucketRequest, 'key' | 'scope' | 'timeoutMs'>): MaybePromise<void>;

  /** Releases what the storage itself opened: never a client that was passed in. */
  close?(): MaybePromise<void>;
}
