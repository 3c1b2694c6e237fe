import type { AnyLimitOptions, Policy, PolicyOptions, ResolvedLimit } from '../contracts/policy.js';
import { OptionProblems } from '../support/option-problems.js';
import { NAME, NAME_RULE, resolveLimit } from './resolve-limit.js';
import { isObject } from '../support/is-object.js';

const LIMIT_SHAPES = '{ limit, per, burst? }, { quota, every, timeZone? } or { concurrency, leaseMs }';
const SHAPE = `must be ${LIMIT_SHAPES}, or several of them as { limits: [ … ] }`;

const RATE_NAMES = ['limit', 'per', 'burst', 'name', 'blockFor', 'maxDebt'];
const QUOTA_NAMES = ['quota', 'every', 'timeZone', 'name', 'blockFor'];
const CONCURRENCY_NAMES = ['concurrency', 'leaseMs', 'name'];
const BEHAVIOR_NAMES = ['mode', 'count'];

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
export function resolvePolicy(name: string, given: PolicyOptions, path = `policies.${String(name)}`): Policy {
  const problems = new OptionProblems();
  problems.check(typeof name === 'string' && NAME.test(name), `${path} (its name)`, name, NAME_RULE);
  if (!problems.check(isObject(given), path, given, SHAPE)) problems.throwIfAny();
  const options = withoutUndefined(given);
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

/** An option that is undefined was not given. */
function withoutUndefined<T extends object>(options: T): T {
  const entries = Object.entries(options).filter(
    ([name, value]) => value !== undefined || !POLICY_NAMES.includes(name),
  );
  return Object.fromEntries(entries) as T;
}

function namesOf(options: object): readonly string[] {
  if ('quota' in options) return QUOTA_NAMES;
  return 'concurrency' in options ? CONCURRENCY_NAMES : RATE_NAMES;
}

function resolveLimits(name: string, options: PolicyOptions, path: string, problems: OptionProblems): ResolvedLimit[] {
  if (!('limits' in options))
    return [resolveLimit(name, options, path, problems)].filter((limit) => limit !== undefined);

  const limits: unknown = options.limits;
  if (
    !problems.check(Array.isArray(limits) && limits.length > 0, `${path}.limits`, limits, 'must hold one limit or more')
  )
    return [];
  const each = (limits as readonly AnyLimitOptions[]).map((limit) =>
    isObject(limit) ? withoutUndefined(limit) : limit,
  );
  const resolved = each.map((limit, index) => {
    const at = `${path}.limits[${index}]`;
    if (!problems.check(isObject(limit), at, limit, `must be ${LIMIT_SHAPES}`)) return undefined;
    problems.checkNames(limit, namesOf(limit), `${at}.`);
    return resolveLimit(`${name}-${suffixOf(limit)}`, limit, at, problems);
  });
  const names = resolved.flatMap((limit) => (limit === undefined ? [] : [limit.name]));
  problems.check(
    new Set(names).size === names.length,
    `${path}.limits`,
    names,
    'must have a distinct name each: set `name`',
  );
  const leased = each.filter((limit) => isObject(limit) && 'concurrency' in limit);
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
