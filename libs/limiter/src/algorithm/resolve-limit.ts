import type { RateBucketLimit } from '../contracts/limiter-storage.js';
import type {
  AnyLimitOptions,
  ConcurrencyOptions,
  LimitOptions,
  QuotaOptions,
  QuotaPeriod,
  ResolvedLimit,
} from '../contracts/policy.js';
import { parseDuration } from '../support/duration.js';
import { isWhole } from '../support/is-whole.js';
import type { OptionProblems } from '../support/option-problems.js';
import { isTimeZone } from './calendar.js';

const MAX_TOKENS = 1_000_000_000_000;
const MAX_WINDOW_MS = 366 * 86_400_000;
/** Each lease is stored with the bucket, which is written whole. */
const MAX_CONCURRENCY = 1000;
/** What a policy, and each of its limits, is called. */
export const NAME = /^[\w.-]{1,64}$/;
export const NAME_RULE = 'must be 1 to 64 letters, digits, dots, dashes or underscores';
const TOKENS_RULE = `must be a whole number from 1 to ${MAX_TOKENS}`;
const WINDOW_RULE = "must be a duration from 1 ms to 366 days, in whole milliseconds, such as '1m' or 60000";
const PERIOD_MS: Readonly<Record<QuotaPeriod, number>> = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_592_000_000,
};

/**
 * Checks one limit of any kind and reduces it to whole numbers.
 *
 * @returns `undefined` where a problem was noted
 */
export function resolveLimit(
  defaultName: string,
  options: AnyLimitOptions,
  path: string,
  problems: OptionProblems,
): ResolvedLimit | undefined {
  const { name = defaultName } = options;
  const named = problems.check(
    name === defaultName || (typeof name === 'string' && NAME.test(name)),
    `${path}.name`,
    name,
    NAME_RULE,
  );
  const resolved =
    'quota' in options
      ? resolveQuota(name, options, path, problems)
      : 'concurrency' in options
        ? resolveConcurrency(name, options, path, problems)
        : resolveRate(name, options, path, problems);
  return named ? resolved : undefined;
}

function resolveRate(
  name: string,
  options: LimitOptions,
  path: string,
  problems: OptionProblems,
): ResolvedLimit | undefined {
  const { limit, per, burst = limit, maxDebt = 0 } = options;
  const windowMs = parseDuration(per);
  const valid = [
    problems.check(isWhole(limit, 1, MAX_TOKENS), `${path}.limit`, limit, TOKENS_RULE),
    problems.check(options.burst === undefined || isWhole(burst, 1, MAX_TOKENS), `${path}.burst`, burst, TOKENS_RULE),
    problems.check(isWhole(windowMs, 1, MAX_WINDOW_MS), `${path}.per`, per, WINDOW_RULE),
    problems.check(
      isWhole(maxDebt, 0, MAX_TOKENS),
      `${path}.maxDebt`,
      maxDebt,
      `must be a whole number from 0 to ${MAX_TOKENS}`,
    ),
    checkBlock(options, path, problems),
  ].every(Boolean);
  if (!valid || windowMs === undefined) return undefined;

  const reduced = reduce(limit, windowMs, burst, maxDebt);
  const remedy =
    'is too fine for exact arithmetic: lower burst, shorten per, or choose a limit that divides the window';
  problems.check(reduced !== undefined, path, { limit, per, burst }, remedy);
  return reduced && { ...reduced, kind: 'rate', ...blockOf(options), name, limit, windowMs, burst };
}

function resolveQuota(
  name: string,
  options: QuotaOptions,
  path: string,
  problems: OptionProblems,
): ResolvedLimit | undefined {
  const { quota, every, timeZone = 'UTC' } = options;
  const valid = [
    problems.check(isWhole(quota, 1, MAX_TOKENS), `${path}.quota`, quota, TOKENS_RULE),
    problems.check(
      typeof every === 'string' && Object.hasOwn(PERIOD_MS, every),
      `${path}.every`,
      every,
      "must be 'hour', 'day', 'week' or 'month'",
    ),
    problems.check(
      isTimeZone(timeZone),
      `${path}.timeZone`,
      timeZone,
      "must be the IANA name of a time zone, such as 'Europe/Berlin'",
    ),
    checkBlock(options, path, problems),
  ].every(Boolean);
  if (!valid) return undefined;
  return {
    kind: 'quota',
    unitsPerToken: 1,
    capacity: quota,
    boundaries: [0, 0, 0, 0],
    ...blockOf(options),
    every,
    timeZone,
    name,
    limit: quota,
    windowMs: PERIOD_MS[every],
    burst: quota,
  };
}

function resolveConcurrency(
  name: string,
  options: ConcurrencyOptions,
  path: string,
  problems: OptionProblems,
): ResolvedLimit | undefined {
  const { concurrency, leaseMs } = options;
  const count = `must be a whole number from 1 to ${MAX_CONCURRENCY}`;
  const valid = [
    problems.check(isWhole(concurrency, 1, MAX_CONCURRENCY), `${path}.concurrency`, concurrency, count),
    problems.check(
      isWhole(leaseMs, 1, MAX_WINDOW_MS),
      `${path}.leaseMs`,
      leaseMs,
      `must be whole milliseconds from 1 to ${MAX_WINDOW_MS}, longer than any call lasts`,
    ),
  ].every(Boolean);
  if (!valid) return undefined;
  return {
    kind: 'concurrency',
    unitsPerToken: 1,
    capacity: concurrency,
    leaseMicros: leaseMs * 1000,
    name,
    limit: concurrency,
    windowMs: leaseMs,
    burst: concurrency,
  };
}

function checkBlock({ blockFor }: LimitOptions | QuotaOptions, path: string, problems: OptionProblems): boolean {
  const valid = blockFor === undefined || isWhole(parseDuration(blockFor), 1, MAX_WINDOW_MS);
  return problems.check(valid, `${path}.blockFor`, blockFor, WINDOW_RULE);
}

function blockOf({ blockFor }: LimitOptions | QuotaOptions): { blockMicros?: number } {
  const blockMs = blockFor === undefined ? undefined : parseDuration(blockFor);
  return blockMs === undefined ? {} : { blockMicros: blockMs * 1000 };
}

/**
 * `limit / window` in lowest terms: R units drain per tick, one token is P units. Ticks are microseconds where the
 * capacity stays a safe integer, else milliseconds.
 */
function reduce(limit: number, windowMs: number, burst: number, maxDebt: number): RateBucketLimit | undefined {
  for (const tickMicros of [1, 1000] as const) {
    const windowTicks = (windowMs * 1000) / tickMicros;
    const divisor = gcd(limit, windowTicks);
    const unitsPerToken = windowTicks / divisor;
    const capacity = burst * unitsPerToken;
    const debt = maxDebt * unitsPerToken;
    if (capacity + debt <= Number.MAX_SAFE_INTEGER)
      return {
        drainPerTick: limit / divisor,
        unitsPerToken,
        capacity,
        tickMicros,
        ...(debt === 0 ? {} : { maxDebt: debt }),
      };
  }
  return undefined;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
