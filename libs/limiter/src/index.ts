// Set up
export {
  LimiterModule,
  type LimiterModuleAsyncOptions,
  type LimiterModuleExtras,
  type LimiterOptionsFactory,
} from './nest/limiter.module.js';
export type {
  Bucket,
  InlinePolicy,
  LimiterModuleOptions,
  ModulePolicy,
  RateLimitHooks,
  RateLimitSettings,
} from './nest/rate-limit-options.js';
export type {
  CombinedLimitOptions,
  LimitOptions,
  Policy,
  PolicyBehavior,
  PolicyName,
  PolicyOptions,
  PolicyRegistry,
  ResolvedLimit,
} from './contracts/policy.js';
export type { Duration } from './contracts/duration.js';

// Limit routes
export { RateLimit, SkipRateLimit } from './nest/rate-limit.decorator.js';
export { namedRateLimitGuard, RateLimitGuard } from './nest/rate-limit.guard.js';
export { RateLimitInterceptor } from './nest/rate-limit.interceptor.js';
export { addressKey } from './nest/context/address-key.js';
export type { RateLimitContext } from './nest/rate-limit-context.js';
export {
  RateLimitBucketException,
  RateLimitCostException,
  RateLimitException,
  RateLimitExceededException,
  RateLimitStorageException,
} from './nest/rate-limit.exceptions.js';

// Limit anything else
export { InjectLimiter, getLimiterToken } from './nest/tokens.js';
export { Limiter, type ConsumeOptions, type PolicyCharge } from './service/limiter.js';
export type { CombinedReservation, Reservation } from './service/reservation.js';
export type { LimiterOptions, StorageErrorPolicy } from './service/limiter-options.js';
export type { CombinedDecision, Decision, DecisionSource, LimitStatus } from './contracts/decision.js';
export { resolvePolicy } from './algorithm/policy.js';

// Keep buckets
export {
  memoryStorage,
  type MemoryStorage,
  type MemoryStorageOptions,
  type MemoryStorageStats,
} from './storage/memory.storage.js';
export { withCoalescing, type CoalescingOptions } from './service/coalescing-storage.js';
export { withLocalDenial, type LocalDenialOptions } from './service/local-denial-storage.js';

// Write a storage of your own
export type {
  AppliedCost,
  ApplyRequest,
  BucketLimit,
  BucketRequest,
  LimiterStorage,
  StorageCapabilities,
} from './contracts/limiter-storage.js';
export type { MaybePromise } from './contracts/maybe-promise.js';
export type { Clock } from './contracts/clock.js';
export { monotonicClock } from './support/monotonic-clock.js';
export { applyCosts, emptyAt, levelsAt, type Application, type BucketState } from './algorithm/leaky-bucket.js';

// Answer by hand: headers and problem documents
export { rateLimitHeaders, retryAfterHeader, type HeaderSet, type Headers } from './headers/rate-limit-headers.js';
export {
  PROBLEM_CONTENT_TYPE,
  quotaExceededProblem,
  reducedCapacityProblem,
  type ProblemDocument,
} from './headers/problem.js';

// Errors and events
export { LimiterError, type LimiterErrorCode } from './errors/limiter-error.js';
export { LimiterOptionError, type OptionProblem } from './errors/option-error.js';
export { LimiterCostError, LimiterKeyError, LimiterSettleError, UnknownPolicyError } from './errors/request-errors.js';
export { StorageTimeoutError, StorageUnavailableError } from './errors/storage-errors.js';
export { StorageFaultError, type StorageFaultKind } from './errors/storage-fault.js';
export {
  limiterChannels,
  type ClockSkewMessage,
  type ContentionMessage,
  type DecisionMessage,
  type StorageErrorMessage,
  type StorageStateMessage,
} from './contracts/diagnostics.js';
