import { POLICY_NAMES } from '../algorithm/policy.js';
import { HEADER_SETS, type HeaderSet } from '../headers/rate-limit-headers.js';
import { LIMITER_NAMES, resolveLimiterOptions, type LimiterOptions } from '../service/limiter-options.js';
import { isWhole } from '../support/is-whole.js';
import { OptionProblems } from '../support/option-problems.js';
import { orNearest } from '../support/or-nearest.js';
import { pick } from '../support/pick.js';
import { withDefaults } from '../support/with-defaults.js';
import { DEFAULT_IPV6_PREFIX } from './context/address-key.js';
import { ClientAddresses } from './context/client-addresses.js';
import { isNetwork, NETWORK_RULE, trustedNetworks } from './context/trusted-networks.js';
import { checkHooks, HOOK_NAMES, mergeHooks } from './rate-limit-hooks.js';
import { isPerCall, sampled } from './per-call-limits.js';
import type { LimiterModuleOptions, ModulePolicy, PolicyPerCall, RateLimitHooks } from './rate-limit-options.js';
import { isObject } from '../support/is-object.js';

/** What the limiter needs of the options, and what the guard needs. */
export interface ResolvedModuleOptions {
  readonly limiter: LimiterOptions;
  readonly hooks: RateLimitHooks;
  /** Policies of the module whose limits depend on the call: the guard alone can decide by them. */
  readonly perCall: ReadonlyMap<string, PolicyPerCall>;
  /** The hooks of each policy of the module. */
  readonly policies: ReadonlyMap<string, RateLimitHooks>;
  readonly defaultPolicies: readonly string[];
  readonly addresses: ClientAddresses;
  /** `address` of the options. */
  readonly addressHook: LimiterModuleOptions['address'];
  readonly headers: readonly HeaderSet[];
}

type Defaulted = Required<Pick<LimiterModuleOptions, 'defaultPolicies' | 'ipv6Prefix' | 'headers'>>;

export const MODULE_DEFAULTS = Object.freeze<Defaulted>({
  defaultPolicies: [],
  ipv6Prefix: DEFAULT_IPV6_PREFIX,
  headers: ['ietf', 'x-ratelimit'],
});

const MAX_PROXIES = 32;
/** Known before the options are: `forRootAsync` has them beside `useFactory`. */
const EXTRAS = ['name', 'isGlobal'];
export const MODULE_NAMES: readonly string[] = [
  ...LIMITER_NAMES,
  ...Object.keys(MODULE_DEFAULTS),
  'trustedProxies',
  'address',
  ...HOOK_NAMES,
];

/** @throws {@link LimiterOptionError} with every wrong option of the module and of the limiter */
export function resolveModuleOptions(options: LimiterModuleOptions): ResolvedModuleOptions {
  const problems = new OptionProblems();
  if (
    !problems.check(isObject(options), 'LimiterModule options', options, 'must be an object with storage and policies')
  )
    problems.throwIfAny();
  problems.checkNames(options, [...MODULE_NAMES, ...EXTRAS]);
  for (const [name, received] of Object.entries(pick(options, EXTRAS)))
    problems.check(received === undefined, name, received, 'stands beside useFactory, not in what it returns');
  // What is no object is refused with the limiter's own options.
  const policies = isObject(options.policies) ? options.policies : {};
  checkPolicies(policies, problems);
  const limiter = pick<Partial<LimiterOptions>>(options as Partial<LimiterOptions>, LIMITER_NAMES) as LimiterOptions;
  const own = withoutHooks(policies);
  const perCall = new Map(Object.entries(own).filter((entry): entry is [string, PolicyPerCall] => isPerCall(entry[1])));
  const bare = {
    ...limiter,
    policies: isObject(options.policies) ? exceptNames(own, perCall) : options.policies,
  } as LimiterOptions;
  const checked = Object.entries(own).map(([name, policy]) => [
    name,
    perCall.has(name) ? sampled(policy as PolicyPerCall) : policy,
  ]);
  problems.attempt(() =>
    resolveLimiterOptions({
      ...bare,
      policies: (isObject(options.policies)
        ? Object.fromEntries(checked)
        : options.policies) as LimiterOptions['policies'],
    }),
  );
  const values = withDefaults(MODULE_DEFAULTS, options);
  checkValues(values, Object.keys(policies), problems);
  const { trustedProxies, address } = options;
  checkProxies(trustedProxies, problems);
  problems.check(address === undefined || typeof address === 'function', 'address', address, 'must be a function');
  checkHooks(options, '', problems);
  problems.throwIfAny();
  return {
    limiter: bare,
    perCall,
    hooks: mergeHooks(options),
    policies: new Map(Object.entries(policies).map(([name, policy]) => [name, mergeHooks(policy)])),
    addresses: new ClientAddresses({
      trustedProxies: Array.isArray(trustedProxies)
        ? trustedNetworks(trustedProxies)
        : (trustedProxies as number | undefined),
      ipv6Prefix: values.ipv6Prefix,
    }),
    addressHook: address,
    defaultPolicies: values.defaultPolicies,
    headers: values.headers,
  };
}

function checkPolicies(policies: Readonly<Record<string, ModulePolicy>>, problems: OptionProblems): void {
  for (const [name, policy] of Object.entries(policies)) {
    // What is no object is refused with the limits.
    if (typeof policy !== 'object' || policy === null) continue;
    problems.checkNames(policy, [...POLICY_NAMES, ...HOOK_NAMES], `policies.${name}.`);
    checkHooks(policy, `policies.${name}.`, problems);
  }
}

function exceptNames<T>(all: Readonly<Record<string, T>>, names: ReadonlyMap<string, unknown>): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.has(name)));
}

function withoutHooks(policies: Readonly<Record<string, ModulePolicy>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(policies).map(([name, policy]) => [name, pick(policy, POLICY_NAMES)]));
}

function checkValues(
  { defaultPolicies, ipv6Prefix, headers }: Defaulted,
  known: readonly string[],
  problems: OptionProblems,
): void {
  const rule = `must be an array of names among ${known.join(', ')}`;
  const unknown: unknown = Array.isArray(defaultPolicies)
    ? defaultPolicies.find((name: string) => !known.includes(name))
    : defaultPolicies;
  const valid = Array.isArray(defaultPolicies) && unknown === undefined;
  problems.check(valid, 'defaultPolicies', defaultPolicies, orNearest(rule, unknown, known));
  const prefix = 'must be a whole number of bits from 1 to 128';
  problems.check(isWhole(ipv6Prefix, 1, 128), 'ipv6Prefix', ipv6Prefix, prefix);
  const sets = Array.isArray(headers) && headers.every((set: HeaderSet) => HEADER_SETS.includes(set));
  problems.check(sets, 'headers', headers, `must be an array of ${HEADER_SETS.map((set) => `'${set}'`).join(', ')}`);
}

function checkProxies(trusted: LimiterModuleOptions['trustedProxies'], problems: OptionProblems): void {
  if (!Array.isArray(trusted)) {
    const rule = `must be the number of proxies in front of the application, 0 to ${MAX_PROXIES}, or a list of their networks`;
    problems.check(trusted === undefined || isWhole(trusted, 0, MAX_PROXIES), 'trustedProxies', trusted, rule);
    return;
  }
  problems.check(trusted.length > 0, 'trustedProxies', trusted, 'must hold one network or more, or be 0');
  trusted.forEach((entry: unknown, index) =>
    problems.check(isNetwork(entry), `trustedProxies[${index}]`, entry, NETWORK_RULE),
  );
}
