import type { BucketLimit } from '../contracts/limiter-storage.js';
import { isSame, type StoredLimit } from './bucket-state.js';

/**
 * The level at which a limit starts that `stored` does not hold.
 *
 * A release that comes beside another, or after it, must not admit more than the larger of the two in any window. Limits that
 * this release has too, with no more capacity than before, go on holding for both, so they need nothing. Of each other:
 *
 * - a rate at least as fast starts with as many tokens in use: what was admitted before lies below its own line from there on;
 * - anything slower, and a quota, starts with as many tokens in use, and no more room than there was: what was admitted long ago,
 *   and has drained since at the faster rate, is lost.
 */
export function startingLevel(
  limit: BucketLimit,
  limits: readonly BucketLimit[],
  stored: readonly StoredLimit[],
): number {
  if (limit.kind === 'concurrency') return 0;
  let level = 0;
  for (const before of stored) {
    if (limits.some((each) => isSame(before, each) && each.capacity <= before.capacity)) continue;
    const from = before.kind === 'rate' ? before.unitsPerToken : 1;
    const inUse = scaled(before.level, from, limit.unitsPerToken, true);
    const larger = isFaster(limit, before)
      ? 0
      : Math.max(0, limit.capacity - scaled(before.capacity, from, limit.unitsPerToken, false));
    level = Math.max(level, Math.min(Number.MAX_SAFE_INTEGER, inUse + larger));
  }
  return level;
}

/** Whether `limit` drains at least as fast. Quotients of doubles, in this order, are the same in every storage. */
function isFaster(limit: BucketLimit, before: StoredLimit): boolean {
  return speed(limit) >= speed(before);
}

/** Tokens in a microsecond; of what is no rate no number, which is neither faster nor slower. */
function speed(limit: BucketLimit | StoredLimit): number {
  return 'drainPerTick' in limit ? limit.drainPerTick / limit.unitsPerToken / limit.tickMicros : Number.NaN;
}

/** `units * to / from`, rounded: exact below 2^53, and above it where it is. */
function scaled(units: number, from: number, to: number, up: boolean): number {
  if (from === to) return units;
  const product = BigInt(units) * BigInt(to);
  const divisor = BigInt(from);
  return Number((up ? product + divisor - 1n : product) / divisor);
}
