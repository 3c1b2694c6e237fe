import type { RateBucketLimit } from '../contracts/limiter-storage.js';

/** A limit as people write it, from which both the storage's numbers and the reference's rationals are made. */
export interface TestLimit {
  readonly limit: number;
  readonly windowMs: number;
  readonly burst: number;
  /** Default 1: microseconds. */
  readonly tickMicros?: 1 | 1000;
}

export function bucketLimit({ limit, windowMs, burst, tickMicros = 1 }: TestLimit): RateBucketLimit {
  const ticks = (windowMs * 1000) / tickMicros;
  let divisor = Math.min(limit, ticks);
  while (limit % divisor !== 0 || ticks % divisor !== 0) divisor--;
  return {
    drainPerTick: limit / divisor,
    unitsPerToken: ticks / divisor,
    capacity: (burst * ticks) / divisor,
    tickMicros,
  };
}
