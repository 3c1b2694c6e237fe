import type { RateBucketLimit } from '../contracts/limiter-storage.js';
import { drainTicks } from './bucket-state.js';

/**
 * Limits under which a token finds room that drains within `maxWaitMs`: who is charged books a place in the future, and those
 * who come later one behind it.
 *
 * @returns `undefined` where a level could leave the safe integers
 */
export function bookingLimits(
  limits: readonly RateBucketLimit[],
  maxWaitMs: number,
): readonly RateBucketLimit[] | undefined {
  const booking = limits.map((limit) => ({
    ...limit,
    capacity: limit.capacity + limit.drainPerTick * Math.floor((maxWaitMs * 1000) / limit.tickMicros),
  }));
  return booking.every(({ capacity }) => Number.isSafeInteger(capacity)) ? booking : undefined;
}

/** Microseconds until the last booked token of each limit finds room in it. */
export function waitOf(limits: readonly RateBucketLimit[], levels: readonly number[]): number {
  return Math.max(
    0,
    ...limits.map((limit, index) => drainTicks(limit, Math.max(0, levels[index]! - limit.capacity)) * limit.tickMicros),
  );
}
