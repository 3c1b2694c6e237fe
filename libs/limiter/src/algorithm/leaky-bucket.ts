import type { AppliedCost, ApplyRequest, BucketLimit, BucketReading } from '../contracts/limiter-storage.js';
import type { BucketState } from './bucket-state.js';
import { OpenBucket } from './open-bucket.js';

export interface Application {
  /** One per cost, in order. */
  readonly outcomes: readonly AppliedCost[];
  /** What to store; `undefined` when nothing has changed: there is nothing to write then. */
  readonly next: BucketState | undefined;
}

/** What {@link applyRequest} decides. */
export type CostRequest = Pick<ApplyRequest, 'limits' | 'costs' | 'settle' | 'endLease'>;

/**
 * Drains the bucket up to `now` (microseconds, the clock of the storage), then decides each cost in order. A cost is
 * charged to every limit, or to none where one lacks room or blocks; a negative cost gives tokens back. A clock that runs
 * backwards drains nothing.
 *
 * Rates are the leaky bucket as a meter (ITU-T I.371, the same decisions as GCRA and as a token bucket), in whole numbers only.
 *
 * @param wallNow epoch microseconds, where `now` counts from elsewhere: quotas follow the calendar
 * @example const { outcomes, next } = applyRequest(stored, request, now);
 */
export function applyRequest(
  state: BucketState | undefined,
  request: CostRequest,
  now: number,
  wallNow = now,
): Application {
  const bucket = OpenBucket.of(state, request.limits, { now, wallNow });
  if (request.endLease !== undefined) bucket.endLease(request.endLease);
  const outcomes = request.costs.map((cost): AppliedCost => bucket.decide(cost, request.settle === true));
  return { outcomes, next: bucket.changed ? bucket.close() : undefined };
}

/** {@link applyRequest} of costs alone. */
export function applyCosts(
  state: BucketState | undefined,
  limits: readonly BucketLimit[],
  costs: readonly number[],
  now: number,
): Application {
  return applyRequest(state, { limits, costs }, now);
}

/** Where each limit stands at `now`, in units of today's policy. */
export function readingAt(
  state: BucketState | undefined,
  limits: readonly BucketLimit[],
  now: number,
  wallNow = now,
): BucketReading {
  return OpenBucket.of(state, limits, { now, wallNow }).reading();
}

/** The level of each limit at `now`. */
export function levelsAt(
  state: BucketState | undefined,
  limits: readonly BucketLimit[],
  now: number,
): readonly number[] {
  return readingAt(state, limits, now).levels;
}
