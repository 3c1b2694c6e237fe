import { drainTicks } from '../algorithm/bucket-state.js';
import type { RateBucketLimit } from '../contracts/limiter-storage.js';

/** The last answer about a bucket. */
export interface KnownLevels {
  readonly kind: 'levels';
  readonly limits: readonly RateBucketLimit[];
  readonly levels: readonly number[];
  /** Tokens that fitted then, and fit ever since. */
  readonly free: number;
  /** The decision was made between these two. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Tokens that fit into every limit at these levels. */
export function freeTokens(limits: readonly RateBucketLimit[], levels: readonly number[]): number {
  let free = Infinity;
  for (let index = 0; index < limits.length; index++) {
    const { capacity, unitsPerToken } = limits[index]!;
    free = Math.min(free, Math.floor((capacity - levels[index]!) / unitsPerToken));
  }
  return free;
}

/** How far a level can have fallen in `elapsedMicros`: the other clock may be just before its next tick: one more can have passed there than here. */
export function lowestLevel(limit: RateBucketLimit, level: number, elapsedMicros: number): number {
  return drained(limit, level, Math.floor(elapsedMicros / limit.tickMicros) + 1);
}

export function highestLevel(limit: RateBucketLimit, level: number, elapsedMicros: number): number {
  return drained(limit, level, Math.max(0, Math.floor(elapsedMicros / limit.tickMicros) - 1));
}

function drained(limit: RateBucketLimit, level: number, ticks: number): number {
  return ticks >= drainTicks(limit, level) ? 0 : level - limit.drainPerTick * ticks;
}
