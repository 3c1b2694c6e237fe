import type { BucketLimit } from '../contracts/limiter-storage.js';
import type { LimitOptions, Policy, PolicyOptions, ResolvedLimit } from '../contracts/policy.js';
import { isWhole } from '../support/is-whole.js';
import { OptionProblems } from '../support/option-problems.js';
import { parseDuration } from '../support/duration.js';

const MAX_TOKENS = 1_000_000_000_000;
const MAX_WINDOW_MS = 366 * 86_400_000;
const NAME = /^[\w.-]{1,64}$/;
const NAME_RULE = 'must be 1 to 64 letters, digits, dots, dashes or underscores';
const SHAPE = 'must be { limit, per, burst? } or { limits: [{ limit, per, burst? }, …] }';

const LIMIT_NAMES = ['limit', 'per', 'burst', 'name'];
const BEHAVIOR_NAMES = ['mode', 'count'];

/** Every option of a policy, of one limit or of several. */
export const POLICY_NAMES: readonly string[] = [...LIMIT_NAMES, 'limits', ...BEHAVIOR_NAMES];

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
  const names = 'limits' in options ? ['limits'] : LIMIT_NAMES;
  problems.checkNames(options, [...names, ...BEHAVIOR_NAMES], `${path}.`);
  const limits = resolveLimits(name, options, path, problems);
  const { mode = 'enforce', count = 'all' } = options;
  problems.check(mode === 'enforce' || mode === 'shadow', `${path}.mode`, mode, "must be 'enforce' or 'shadow'");
  problems.check(count === 'all' || count === 'failures', `${path}.count`, count, "must be 'all' or 'failures'");
  problems.throwIfAny();
  return { name, limits, mode, count, maxCost: Math.min(...limits.map((limit) => limit.burst)) };
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
    if (typeof limit === 'object' && limit !== null) problems.checkNames(limit, LIMIT_NAMES, `${each}.`);
    return resolveLimit(`${name}-${limit?.per}`, limit, each, problems);
  });
  const names = resolved.flatMap((limit) => (limit === undefined ? [] : [limit.name]));
  problems.check(
    new Set(names).size === names.length,
    `${path}.limits`,
    names,
    'must have a distinct name each: set `name`',
  );
  return resolved.filter((limit) => limit !== undefined);
}

function resolveLimit(
  defaultName: string,
  options: LimitOptions,
  path: string,
  problems: OptionProblems,
): ResolvedLimit | undefined {
  if (!problems.check(typeof options === 'object' && options !== null, path, options, 'must be { limit, per, burst? }'))
    return undefined;
  const { limit, per, burst = limit, name = defaultName } = options;
  const tokens = `must be a whole number from 1 to ${MAX_TOKENS}`;
  const windowMs = parseDuration(per);
  const valid = [
    problems.check(isWhole(limit, 1, MAX_TOKENS), `${path}.limit`, limit, tokens),
    problems.check(options.burst === undefined || isWhole(burst, 1, MAX_TOKENS), `${path}.burst`, burst, tokens),
    problems.check(
      isWhole(windowMs, 1, MAX_WINDOW_MS),
      `${path}.per`,
      per,
      "must be a duration from 1 ms to 366 days, in whole milliseconds, such as '1m' or 60000",
    ),
    problems.check(name === defaultName || NAME.test(name), `${path}.name`, name, NAME_RULE),
  ].every(Boolean);
  if (!valid || windowMs === undefined) return undefined;

  const reduced = reduce(limit, windowMs, burst);
  const remedy =
    'is too fine for exact arithmetic: lower burst, shorten per, or choose a limit that divides the window';
  problems.check(reduced !== undefined, path, { limit, per, burst }, remedy);
  return reduced && { ...reduced, name, limit, windowMs, burst };
}

/**
 * `limit / window` in lowest terms: R units drain per tick, one token is P units. Ticks are microseconds where the
 * capacity stays a safe integer, else milliseconds.
 */
function reduce(limit: number, windowMs: number, burst: number): BucketLimit | undefined {
  for (const tickMicros of [1, 1000] as const) {
    const windowTicks = (windowMs * 1000) / tickMicros;
    const divisor = gcd(limit, windowTicks);
    const unitsPerToken = windowTicks / divisor;
    const capacity = burst * unitsPerToken;
    if (capacity <= Number.MAX_SAFE_INTEGER)
      return { drainPerTick: limit / divisor, unitsPerToken, capacity, tickMicros };
  }
  return undefined;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
