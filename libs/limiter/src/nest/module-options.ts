import { withDefaults } from '../support/with-defaults.js';
import { OptionProblems } from '../support/option-problems.js';
import { HEADER_SETS, type HeaderSet } from '../headers/rate-limit-headers.js';
import { resolveLimiterOptions } from '../service/limiter-options.js';
import type { LimiterModuleOptions, RateLimitHooks } from './rate-limit-options.js';

/** The part of the options that only Nest needs; the rest is the {@link Limiter}'s. */
export interface ResolvedModuleOptions {
  readonly limiter: LimiterModuleOptions;
  readonly hooks: RateLimitHooks;
  readonly defaultPolicies: readonly string[];
  readonly trustedProxies: number;
  readonly headers: readonly HeaderSet[];
}

type Defaulted = Required<Pick<LimiterModuleOptions, 'defaultPolicies' | 'trustedProxies' | 'headers'>>;

export const MODULE_DEFAULTS = Object.freeze<Defaulted>({
  defaultPolicies: [],
  trustedProxies: 0,
  headers: ['ietf', 'x-ratelimit'],
});

const MAX_PROXIES = 32;

/** @throws {@link LimiterOptionError} naming every wrong option of the module and of the limiter */
export function resolveModuleOptions(limiter: LimiterModuleOptions): ResolvedModuleOptions {
  const problems = new OptionProblems();
  const { defaultPolicies, trustedProxies, headers } = withDefaults(MODULE_DEFAULTS, limiter);
  problems.attempt(() => resolveLimiterOptions(limiter));
  checkHooks(limiter, '', problems);
  for (const [name, policy] of Object.entries(limiter.policies ?? {}))
    checkHooks(policy ?? {}, `policies.${name}.`, problems);
  const known = Object.keys(limiter.policies ?? {});
  const names = Array.isArray(defaultPolicies) && defaultPolicies.every((name: string) => known.includes(name));
  problems.check(names, 'defaultPolicies', defaultPolicies, `must be an array of names among ${known.join(', ')}`);
  const proxies = Number.isSafeInteger(trustedProxies) && trustedProxies >= 0 && trustedProxies <= MAX_PROXIES;
  problems.check(
    proxies,
    'trustedProxies',
    trustedProxies,
    `must be the number of proxies in front of the application, 0 to ${MAX_PROXIES}`,
  );
  const sets = Array.isArray(headers) && headers.every((set: HeaderSet) => HEADER_SETS.includes(set));
  problems.check(sets, 'headers', headers, `must be an array of ${HEADER_SETS.map((set) => `'${set}'`).join(', ')}`);
  problems.throwIfAny();
  const { bucket, cost, skip, decorate, onLimited } = limiter;
  return { limiter, hooks: { bucket, cost, skip, decorate, onLimited }, defaultPolicies, trustedProxies, headers };
}

/** Checks what a decorator, a policy or the module sets; `path` is put before each name. */
export function checkHooks(hooks: RateLimitHooks, path: string, problems: OptionProblems): void {
  for (const name of ['bucket', 'skip', 'decorate', 'onLimited'] as const) {
    problems.check(
      hooks[name] === undefined || typeof hooks[name] === 'function',
      `${path}${name}`,
      hooks[name],
      'must be a function',
    );
  }
  const { cost } = hooks;
  const valid = cost === undefined || typeof cost === 'function' || (Number.isSafeInteger(cost) && cost >= 1);
  problems.check(valid, `${path}cost`, cost, 'must be a whole number of 1 or more, or a function that returns one');
}
