import { LimiterError } from './limiter-error.js';

/** The storage failed or did not answer in time, and `onStorageError` is `'closed'`. `cause` is why. */
export class StorageUnavailableError extends LimiterError {
  readonly code = 'LIMITER_STORAGE_UNAVAILABLE';

  constructor(
    readonly storage: string,
    cause: unknown,
  ) {
    super(`limiter storage '${storage}' is unavailable: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** The `cause` of a {@link StorageUnavailableError} when the deadline passed. */
export class StorageTimeoutError extends Error {
  constructor(readonly timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms (timeoutMs)`);
    this.name = 'StorageTimeoutError';
  }
}
