import type { RateBucketLimit } from '../contracts/limiter-storage.js';
import type {
  AnyLimitOptions,
  ConcurrencyOptions,
  LimitOptions,
  Policy,
  PolicyOptions,
  QuotaOptions,
  QuotaPeriod,
  ResolvedLimit,
} from '../contracts/policy.js';
import { isWhole } from '../support/is-whole.js';
import { OptionProblems } from '../support/option-problems.js';
import { parseDuration } from '../support/duration.js';
import { isTimeZone } from './calendar.js';

const MAX_TOKENS = 1_000_000_000_000;
const MAX_WINDOW_MS = 366 * 86_400_000;
/** Each lease is stored with the bucket, which is written whole. */
const MAX_CONCURRENCY = 1000;
const NAME = /^[\w.-]{1,64}$/;
const NAME_RULE = 'must be 1 to 64 letters, digits, dots, dashes or underscores';
const LIMIT_SHAPES = '{ limit, per, burst? }, { quota, every, timeZone? } or { concurrency, leaseMs }';
const SHAPE = `must be ${LIMIT_SHAPES}, or several of them as { limits: [ … ] }`;
const TOKENS_RULE = `must be a whole number from 1 to ${MAX_TOKENS}`;
const WINDOW_RULE = "must be a duration from 1 ms to 366 days, in whole milliseconds, such as '1m' or 60000";

const RATE_NAMES = ['limit', 'per', 'burst', 'name', 'blockFor', 'maxDebt'];
const QUOTA_NAMES = ['quota', 'every', 'timeZone', 'name', 'blockFor'];
const CONCURRENCY_NAMES = ['concurrency', 'leaseMs', 'name'];
const BEHAVIOR_NAMES = ['mode', 'count'];
const PERIOD_MS: Readonly<Record<QuotaPeriod, number>> = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_592_000_000,
};

/** Every option of a policy, of one limit or of several. */
export const POLICY_NAMES: readonly string[] = [
  ...new Set([...RATE_NAMES, ...QUOTA_NAMES, ...CONCURRENCY_NAMES, 'limits', ...BEHAVIOR_NAMES]),
];

/**
 * Checks a policy and reduces it to whole numbers.
 *
 * @param path how messages call it, `policies.api` by default
 * @throws {@link LimiterOptionError} naming every wrong field, the value received and what is expected
 */
export function resolvePolicy(name: string, options: PolicyOptions, path = `policies.${name}`): Policy {
  const problems = new OptionProblems();
  problems.check(typeof name === 'string' && NAME.test(name), `${path} (its name)`, name, NAME_RULE);
  if (!problems.check(typeof options === 'object' && options !== null, path, options, SHAPE)) problems.throwIfAny();
  const names = 'limits' in options ? ['limits'] : namesOf(options);
  problems.checkNames(options, [...names, ...BEHAVIOR_NAMES], `${path}.`);
  const limits = resolveLimits(name, options, path, problems);
  const { mode = 'enforce', count = 'all' } = options;
  problems.check(mode === 'enforce' || mode === 'shadow', `${path}.mode`, mode, "must be 'enforce' or 'shadow'");
  problems.check(count === 'all' || count === 'failures', `${path}.count`, count, "must be 'all' or 'failures'");
  problems.throwIfAny();
  const bursts = limits.filter(({ kind }) => kind !== 'concurrency').map(({ burst }) => burst);
  return { name, limits, mode, count, maxCost: bursts.length === 0 ? 1 : Math.min(...bursts) };
}

function namesOf(options: object): readonly string[] {
  if ('quota' in options) return QUOTA_NAMES;
  return 'concurrency' in options ? CONCURRENCY_NAMES : RATE_NAMES;
}

function resolveLimits(name: string, options: PolicyOptions, path: string, problems: OptionProblems): ResolvedLimit[] {
  if (!('limits' in options))
    return [resolveLimit(name, options, path, problems)].filter((limit) => limit !== undefined);

  const { limits } = options;
  if (
    !problems.check(Array.isArray(limits) && limits.length > 0, `${path}.limits`, limits, 'must hold one limit or more')
  )
    return [];
  const resolved = limits.map((limit, index) => {
    const each = `${path}.limits[${index}]`;
    if (!problems.check(typeof limit === 'object' && limit !== null, each, limit, `must be ${LIMIT_SHAPES}`))
      return undefined;
    problems.checkNames(limit, namesOf(limit), `${each}.`);
    return resolveLimit(`${name}-${suffixOf(limit)}`, limit, each, problems);
  });
  const names = resolved.flatMap((limit) => (limit === undefined ? [] : [limit.name]));
  problems.check(
    new Set(names).size === names.length,
    `${path}.limits`,
    names,
    'must have a distinct name each: set `name`',
  );
  const leased = limits.filter((limit) => typeof limit === 'object' && limit !== null && 'concurrency' in limit);
  problems.check(
    leased.length <= 1,
    `${path}.limits`,
    leased,
    'must count calls at once in one limit: keep the lowest',
  );
  return resolved.filter((limit) => limit !== undefined);
}

function suffixOf(limit: AnyLimitOptions): string {
  if ('quota' in limit) return limit.every;
  return 'concurrency' in limit ? 'concurrency' : String(limit.per);
}

function resolveLimit(
  defaultName: string,
  options: AnyLimitOptions,
  path: string,
  problems: OptionProblems,
): ResolvedLimit | undefined {
  const { name = defaultName } = options;
  const named = problems.check(name === defaultName || NAME.test(name), `${path}.name`, name, NAME_RULE);
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
