import type { AppliedCost, ApplyRequest, BucketLimit, BucketReading } from '../../contracts/limiter-storage.js';

/** What a function answers for one bucket: how far it was ahead of the clock, a reading before the first cost, and an answer for each. */
export interface BucketAnswer {
  readonly ahead: number;
  readonly answers: readonly [BucketReading, ...AppliedCost[]];
}

export type BucketCall = Pick<ApplyRequest, 'key' | 'limits' | 'costs' | 'settle' | 'endLease'>;

/** What the function `apply` reads. */
export function encodeCalls(calls: readonly BucketCall[]): string {
  return JSON.stringify(
    calls.map(({ key, limits, costs, settle, endLease }) => ({
      k: key,
      l: limits.map(limitNumbers),
      c: costs,
      s: settle,
      e: endLease,
    })),
  );
}

export function limitNumbers(limit: BucketLimit): readonly number[] {
  const { capacity, blockMicros = 0 } = limit;
  if (limit.kind === 'quota') return [3, capacity, blockMicros, ...limit.boundaries];
  if (limit.kind === 'concurrency') return [4, capacity, limit.leaseMicros];
  const { drainPerTick, unitsPerToken, tickMicros, maxDebt = 0 } = limit;
  return [tickMicros === 1 ? 1 : 2, drainPerTick, unitsPerToken, capacity, maxDebt, blockMicros];
}
