import type { Decision } from './decision.js';

/** Published on `rookery:limiter:decision`. The key is left out: it may name a person. */
export interface DecisionMessage {
  readonly storage: string;
  readonly cost: number;
  readonly decision: Decision;
}

/** Published on `rookery:limiter:storage-error`, once per failed or late answer. */
export interface StorageErrorMessage {
  readonly storage: string;
  readonly policy: string;
  readonly onStorageError: 'open' | 'closed' | 'local';
  readonly error: unknown;
}

/** Published on `rookery:limiter:storage-state` when a storage begins to fail, and when nothing has failed for a second after it. */
export type StorageStateMessage =
  | { readonly storage: string; readonly state: 'failing'; readonly error: unknown }
  | { readonly storage: string; readonly state: 'serving'; readonly failedForMs: number };

/** Published on `rookery:limiter:policy-source-state`, as {@link StorageStateMessage} is: it fails, hangs or answers something wrong. */
export type PolicySourceStateMessage =
  { readonly state: 'failing'; readonly error: unknown } | { readonly state: 'serving'; readonly failedForMs: number };

/** Published on `rookery:limiter:contention`: a bucket changed at every attempt until the time was spent. */
export interface ContentionMessage {
  readonly storage: string;
  readonly key: string;
  readonly attempts: number;
}

/** Published on `rookery:limiter:clock-skew`: a bucket came from the future, as a clock was wrong when it was written. It is healed. */
export interface ClockSkewMessage {
  readonly storage: string;
  readonly key: string;
  /** How far it was ahead: of this process's clock in memcached, of the server's elsewhere. */
  readonly aheadMs: number;
}

/**
 * The channels of `node:diagnostics_channel`: every decision that charges or refuses; failed and late answers of a storage,
 * and when it begins and ends to fail; buckets of the future; and from memcached, buckets that changed at every attempt.
 *
 * @example diagnostics_channel.subscribe(limiterChannels.decision, (message) => count((message as DecisionMessage).decision));
 */
export const limiterChannels = Object.freeze({
  decision: 'rookery:limiter:decision',
  storageError: 'rookery:limiter:storage-error',
  storageState: 'rookery:limiter:storage-state',
  policySourceState: 'rookery:limiter:policy-source-state',
  contention: 'rookery:limiter:contention',
  clockSkew: 'rookery:limiter:clock-skew',
} as const);
