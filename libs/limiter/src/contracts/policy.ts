import type { Duration } from './duration.js';
import type { BucketLimit } from './limiter-storage.js';

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
}

/** Several limits that hold together: a request passes when each of them has room, and is then charged to all. */
export interface CombinedLimitOptions {
  readonly limits: readonly LimitOptions[];
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
 */
export type PolicyOptions = (LimitOptions | CombinedLimitOptions) & PolicyBehavior;

/** A limit that was checked and reduced; `BucketLimit` is what a storage reads of it. */
export interface ResolvedLimit extends BucketLimit {
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
  readonly burst: number;
}

/** A policy that was checked. Made by `resolvePolicy`. */
export interface Policy extends Required<PolicyBehavior> {
  readonly name: string;
  readonly limits: readonly ResolvedLimit[];
  /** The smallest burst: a higher cost could never pass. */
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
