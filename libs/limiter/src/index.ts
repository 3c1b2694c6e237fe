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
  LimitPerCall,
  ModulePolicy,
  PerCall,
  PolicyChoice,
  PolicyPerCall,
  RateLimitHooks,
  RateLimitSettings,
} from './nest/rate-limit-options.js';
export type {
  AnyLimitOptions,
  CombinedLimitOptions,
  ConcurrencyOptions,
  LimitOptions,
  NamedLimit,
  Policy,
  PolicyBehavior,
  PolicyName,
  PolicyOptions,
  PolicyRegistry,
  QuotaOptions,
  QuotaPeriod,
  ResolvedConcurrency,
  ResolvedLimit,
  ResolvedQuota,
  ResolvedRate,
} from './contracts/policy.js';
export type { PolicySource } from './contracts/policy-source.js';
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
export { Limited, type Limitable } from './nest/limited/limited.decorator.js';
export type { LimitedOptions } from './nest/limited/limited-options.js';
export type { AcquireOptions } from './service/acquire.js';
export { Limiter, type PolicyCharge } from './service/limiter.js';
export type { ConsumeOptions } from './service/call-options.js';
export type { CombinedReservation, Reservation } from './service/reservation.js';
export type { LimiterOptions, StorageErrorPolicy } from './service/limiter-options.js';
export type { CombinedDecision, Decision, DecisionSource, LimitStatus, RefusalReason } from './contracts/decision.js';
export type { LimiterPolicies } from './service/limiter-policies.js';
export type { PolicySourceOptions } from './service/policy-source-cache.js';
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
  AnswerListener,
  ApplyRequest,
  BucketLimit,
  BucketReading,
  BucketRequest,
  ConcurrencyBucketLimit,
  LimitRoom,
  LimiterStorage,
  QuotaBucketLimit,
  RateBucketLimit,
  StorageCapabilities,
} from './contracts/limiter-storage.js';
export type { MaybePromise } from './contracts/maybe-promise.js';
export type { Clock } from './contracts/clock.js';
export { monotonicClock } from './support/monotonic-clock.js';
export {
  applyCosts,
  applyRequest,
  levelsAt,
  readingAt,
  type Application,
  type CostRequest,
} from './algorithm/leaky-bucket.js';
export {
  emptyAt,
  type BucketState,
  type StoredLimit,
  type StoredQuota,
  type StoredRate,
} from './algorithm/bucket-state.js';
export { fromNumbers, toNumbers } from './algorithm/state-numbers.js';

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
export {
  LimiterCostError,
  LimiterKeyError,
  LimiterLeaseError,
  LimiterSettleError,
  LimiterWaitersError,
  UnknownPolicyError,
} from './errors/request-errors.js';
export { CallLimitedError, CallNotReadyError } from './errors/call-errors.js';
export { PolicyTimeoutError, PolicyUnavailableError } from './errors/policy-error.js';
export { StorageTimeoutError, StorageUnavailableError } from './errors/storage-errors.js';
export { StorageFaultError, type StorageFaultKind } from './errors/storage-fault.js';
export {
  limiterChannels,
  type ClockSkewMessage,
  type ContentionMessage,
  type DecisionMessage,
  type PolicySourceStateMessage,
  type StorageErrorMessage,
  type StorageStateMessage,
} from './contracts/diagnostics.js';
