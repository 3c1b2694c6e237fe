import type { Duration } from './duration.js';
import type { ConcurrencyBucketLimit, QuotaBucketLimit, RateBucketLimit } from './limiter-storage.js';

/** `limit` tokens drain in each `per`; at most `burst` tokens pass at one instant. */
export interface LimitOptions {
  /** Whole number of 1 or more. */
  readonly limit: number;
  /** The window in which `limit` tokens drain: `'1m'`, or milliseconds. */
  readonly per: Duration;
  /** Tokens that the bucket holds. Default: `limit`. */
  readonly burst?: number;
  /** The name that `RateLimit` headers show. Default: the policy's name, with the window where a policy has several limits. */
  readonly name?: string;
  /** Once a call was refused, none passes for so long: `'15m'`, or milliseconds. Default: never. */
  readonly blockFor?: Duration;
  /** Tokens that `settle` may charge beyond a full bucket: the debt drains before any token passes. Default 0. */
  readonly maxDebt?: number;
}

/** `quota` tokens in each calendar period, which starts on the hour, at midnight, on Monday or on the first of the month. */
export interface QuotaOptions {
  /** Whole number of 1 or more. */
  readonly quota: number;
  readonly every: QuotaPeriod;
  /** IANA name of the zone whose calendar counts: `'Europe/Berlin'`. Default `'UTC'`. */
  readonly timeZone?: string;
  /** See {@link LimitOptions.name}. */
  readonly name?: string;
  /** See {@link LimitOptions.blockFor}. */
  readonly blockFor?: Duration;
}

export type QuotaPeriod = 'hour' | 'day' | 'week' | 'month';

/** At most `concurrency` calls at once, each until it is released. A call counts one, whatever it costs. */
export interface ConcurrencyOptions {
  /** Whole number from 1 to 1000. */
  readonly concurrency: number;
  /** After so many milliseconds a call that was not released counts no more, as its process may have died. */
  readonly leaseMs: number;
  /** See {@link LimitOptions.name}. */
  readonly name?: string;
}

/** One limit of any kind. */
export type AnyLimitOptions = LimitOptions | QuotaOptions | ConcurrencyOptions;

/** Several limits that hold together: a request passes when each of them has room, and is then charged to all. */
export interface CombinedLimitOptions {
  readonly limits: readonly AnyLimitOptions[];
}

/** How a policy acts on what it decides. */
export interface PolicyBehavior {
  /** `'shadow'` decides, charges and reports, and lets every request pass: see `decision.shadow`. Default `'enforce'`. */
  readonly mode?: 'enforce' | 'shadow';
  /**
   * `'failures'`: the guard charges before the handler, so that no crowd slips past the limit, and gives the tokens back
   * when it succeeds. Default `'all'`.
   */
  readonly count?: 'all' | 'failures';
}

/**
 * A policy as it is written in options.
 *
 * @example { limit: 100, per: '1m' }
 * @example { limit: 5, per: '1m', burst: 2 }
 * @example { limits: [{ limit: 10, per: '1s' }, { limit: 1000, per: '1h' }] }
 * @example { limit: 5, per: '15m', count: 'failures' }
 * @example { limit: 100, per: '1m', blockFor: '15m' }
 * @example { quota: 10_000, every: 'month', timeZone: 'Europe/Berlin' }
 * @example { limits: [{ limit: 100, per: '1m' }, { concurrency: 5, leaseMs: 30_000 }] }
 */
export type PolicyOptions = (AnyLimitOptions | CombinedLimitOptions) & PolicyBehavior;

/** The name of a limit in messages and headers. */
export interface NamedLimit {
  readonly name: string;
  /** Tokens in a window. */
  readonly limit: number;
  /** Of a month 30 days, and of a limit of calls at once the lease. */
  readonly windowMs: number;
  /** Tokens that fit at one instant. */
  readonly burst: number;
}

export interface ResolvedRate extends RateBucketLimit, NamedLimit {
  readonly kind: 'rate';
}

/** The limiter fills in the `boundaries` of the moment. */
export interface ResolvedQuota extends QuotaBucketLimit, NamedLimit {
  readonly every: QuotaPeriod;
  readonly timeZone: string;
}

export type ResolvedConcurrency = ConcurrencyBucketLimit & NamedLimit;

/** A limit that was checked and reduced; `BucketLimit` is what a storage reads of it. */
export type ResolvedLimit = ResolvedRate | ResolvedQuota | ResolvedConcurrency;

/** A policy that was checked. Made by `resolvePolicy`. */
export interface Policy extends Required<PolicyBehavior> {
  readonly name: string;
  readonly limits: readonly ResolvedLimit[];
  /** The smallest burst: a higher cost could never pass. 1 where all that is limited is how many calls there are at once. */
  readonly maxCost: number;
}

/**
 * Augment it to have policy names checked at compile time.
 *
 * @example declare module '@rookery/limiter' { interface PolicyRegistry { api: true; login: true } }
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- applications augment it
export interface PolicyRegistry {}

/** Any string, until an application augments {@link PolicyRegistry}. */
export type PolicyName = [keyof PolicyRegistry] extends [never] ? string : Extract<keyof PolicyRegistry, string>;
