export type LimiterErrorCode =
  | 'LIMITER_OPTION'
  | 'LIMITER_COST'
  | 'LIMITER_KEY'
  | 'LIMITER_LEASE'
  | 'LIMITER_SETTLE'
  | 'LIMITER_UNKNOWN_POLICY'
  | 'LIMITER_WAITERS'
  | 'LIMITER_POLICY_UNAVAILABLE'
  | 'LIMITER_CALL_LIMITED'
  | 'LIMITER_CALL_NOT_READY'
  | 'LIMITER_STORAGE_UNAVAILABLE';

/** Every error of this library. `code` is stable; messages may change. */
export abstract class LimiterError extends Error {
  abstract readonly code: LimiterErrorCode;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
