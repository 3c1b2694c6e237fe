import type { Decision } from './decision.js';

/** The diagnostics channel (`node:diagnostics_channel`) of every decision that charges or refuses. */
export const DECISION_CHANNEL = 'rookery.limiter.decision';

/** Published on {@link DECISION_CHANNEL}. The key is not told: it may name a person. */
export interface DecisionMessage {
  readonly storage: string;
  readonly cost: number;
  readonly decision: Decision;
}

/** The diagnostics channel (`node:diagnostics_channel`) of failed and late answers of the storage. */
export const STORAGE_ERROR_CHANNEL = 'rookery.limiter.storage-error';

/** Published on {@link STORAGE_ERROR_CHANNEL}, once per failed or late answer. */
export interface StorageErrorMessage {
  readonly storage: string;
  readonly policy: string;
  readonly onStorageError: 'open' | 'closed' | 'local';
  readonly error: unknown;
}
