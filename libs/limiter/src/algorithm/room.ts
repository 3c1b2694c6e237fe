import type { BucketLimit, RateBucketLimit } from '../contracts/limiter-storage.js';

/** Whether the levels are the whole state of these limits. */
export function isPlain(limits: readonly BucketLimit[]): limits is readonly RateBucketLimit[] {
  return limits.every(
    (limit) => (limit.kind === undefined || limit.kind === 'rate') && limit.blockMicros === undefined,
  );
}

/** Whether `cost` more tokens find room above `level`. A call has one lease, whatever it costs. */
export function fits(limit: BucketLimit, level: number, cost: number): boolean {
  return (limit.kind === 'concurrency' ? 1 : cost) * limit.unitsPerToken <= limit.capacity - level;
}

/** The level after `cost` tokens. One that gives tokens back stops at zero, and ends no lease. */
export function charge(limit: BucketLimit, level: number, cost: number): number {
  if (limit.kind === 'concurrency') return cost > 0 ? level + 1 : level;
  return chargeUnits(limit.unitsPerToken, level, cost);
}

/** {@link charge} of a limit that has room for it or not. */
export function chargeUnits(unitsPerToken: number, level: number, cost: number): number {
  return Math.max(0, Math.min(Number.MAX_SAFE_INTEGER, level + cost * unitsPerToken));
}

/** Whether `cost` more tokens find room in every limit. */
export function fitsAll(limits: readonly BucketLimit[], levels: readonly number[], cost: number): boolean {
  for (let index = 0; index < limits.length; index++) if (!fits(limits[index]!, levels[index]!, cost)) return false;
  return true;
}

/** {@link charge} of every limit. */
export function chargeAll(limits: readonly BucketLimit[], levels: readonly number[], cost: number): readonly number[] {
  if (levels.length === 1) return [charge(limits[0]!, levels[0]!, cost)];
  return levels.map((level, index) => charge(limits[index]!, level, cost));
}
