import type { Clock } from '../contracts/clock.js';
import { CLOCK_RULE, monotonicClock } from '../support/monotonic-clock.js';
import type { LimiterStorage } from '../contracts/limiter-storage.js';
import type { Policy, PolicyOptions } from '../contracts/policy.js';
import type { PolicySource } from '../contracts/policy-source.js';
import { isStorage, STORAGE_RULE } from '../support/is-storage.js';
import { COUNT_RULE, isWhole } from '../support/is-whole.js';
import { OptionProblems } from '../support/option-problems.js';
import { withDefaults } from '../support/with-defaults.js';
import { resolvePolicy } from '../algorithm/policy.js';
import { hashedKeys, plainKeys, type BucketKeys } from './bucket-key.js';
import { MemoryStorage } from '../storage/memory.storage.js';
import { withCoalescing } from './coalescing-storage.js';
import { withLocalDenial } from './local-denial-storage.js';
import { isObject } from '../support/is-object.js';

/**
 * What happens while the storage fails or is late. `'local'`: each process limits on its own, in memory. `'open'`: every
 * request passes. `'closed'`: {@link StorageUnavailableError}, a 503 from the guard.
 */
export type StorageErrorPolicy = 'open' | 'closed' | 'local';

export interface LimiterOptions {
  /** Where the buckets live, such as `memoryStorage()`. */
  readonly storage: LimiterStorage;
  readonly policies: Readonly<Record<string, PolicyOptions>>;
  /** Where policies come from that are not in the code, or that change: it goes before `policies` of the same name. */
  readonly policySource?: PolicySource;
  /** How long an answer of the `policySource` is used before it is loaded anew, in milliseconds. Default 10,000. */
  readonly policyMaxAgeMs?: number;
  /** How long the `policySource`, or a function that gives limits, is waited for in milliseconds. Default 1000. */
  readonly policyTimeoutMs?: number;
  /** Default `'local'`. */
  readonly onStorageError?: StorageErrorPolicy;
  /** Deadline of one storage call in milliseconds. Default 50. */
  readonly timeoutMs?: number;
  /**
   * How long `ready()`, and so the start of the module, waits for the storage in milliseconds. Default 2000; 0: it looks once.
   * The application starts all the same afterwards, and `onStorageError` holds.
   */
  readonly readyTimeoutMs?: number;
  /** First part of every key in the storage; two applications that share a storage need two. Default `'rl'`. */
  readonly prefix?: string;
  /**
   * While a call for a key is under way, others wait and go together in the next: a hot key costs a round trip per batch.
   * Default true. A storage that answers at once, such as memory, is not held up.
   */
  readonly coalesce?: boolean;
  /**
   * For how many milliseconds a refusal is remembered and repeated without a call, where it would surely come again: so a
   * flood costs no network. So long a process may overlook that another gave tokens back or raised the limit. 0: never.
   * Default 1000.
   */
  readonly localDenialMaxAgeMs?: number;
  /** Calls of `acquire` that wait in this process at most. Default 10,000. */
  readonly maxWaiters?: number;
  /** The clock of local buckets and local refusals. Default: the monotonic clock of the process. */
  readonly clock?: Clock;
}

export interface ResolvedLimiterOptions {
  /** With what coalesces and denies above it. */
  readonly storage: LimiterStorage;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly policySource: PolicySource | undefined;
  readonly policyMaxAgeMs: number;
  readonly policyTimeoutMs: number;
  readonly onStorageError: StorageErrorPolicy;
  readonly timeoutMs: number;
  readonly readyTimeoutMs: number;
  readonly prefix: string;
  /** The storage itself, where it is the memory of this process: nothing needs to stand before it. */
  readonly memory: MemoryStorage | undefined;
  /** What a policy calls its buckets in the storage. */
  readonly keysOf: (policy: string) => BucketKeys;
  readonly maxWaiters: number;
  readonly clock: Clock;
}

type Defaulted = Required<
  Pick<
    LimiterOptions,
    | 'onStorageError'
    | 'timeoutMs'
    | 'readyTimeoutMs'
    | 'policyMaxAgeMs'
    | 'policyTimeoutMs'
    | 'prefix'
    | 'coalesce'
    | 'localDenialMaxAgeMs'
    | 'maxWaiters'
    | 'clock'
  >
>;

export const LIMITER_DEFAULTS: Readonly<Defaulted> = Object.freeze({
  onStorageError: 'local',
  timeoutMs: 50,
  readyTimeoutMs: 2000,
  policyMaxAgeMs: 10_000,
  policyTimeoutMs: 1000,
  prefix: 'rl',
  coalesce: true,
  localDenialMaxAgeMs: 1000,
  maxWaiters: 10_000,
  clock: monotonicClock,
});

const MAX_TIMEOUT_MS = 60_000;
const MAX_READY_TIMEOUT_MS = 600_000;
const MAX_DENIAL_AGE_MS = 60_000;

/** Every option of a {@link Limiter}. */
export const LIMITER_NAMES: readonly string[] = [
  'storage',
  'policies',
  'policySource',
  ...Object.keys(LIMITER_DEFAULTS),
];

/** @throws {@link LimiterOptionError} with every wrong option */
export function resolveLimiterOptions(options: LimiterOptions): ResolvedLimiterOptions {
  const problems = new OptionProblems();
  if (!problems.check(isObject(options), 'limiter options', options, 'must be an object with storage and policies'))
    problems.throwIfAny();
  problems.checkNames(options, LIMITER_NAMES);
  const { storage } = options;
  const values = withDefaults(LIMITER_DEFAULTS, options);
  problems.check(isStorage(storage), 'storage', storage, STORAGE_RULE);
  checkValues(values, problems);
  const { policySource } = options;
  const loads = policySource === undefined || typeof policySource?.load === 'function';
  problems.check(loads, 'policySource', policySource, 'must be a PolicySource, an object with load(name)');
  const policies = resolvePolicies(options.policies, problems);
  problems.throwIfAny();
  const { onStorageError, timeoutMs, readyTimeoutMs, prefix, coalesce, localDenialMaxAgeMs, maxWaiters, clock } =
    values;
  const denying =
    localDenialMaxAgeMs === 0 ? storage : withLocalDenial(storage, { clock, maxAgeMs: localDenialMaxAgeMs });
  const makeKeys = storage.capabilities.plainKeys === true ? plainKeys : hashedKeys;
  return {
    // Below, so that it learns once from each list.
    storage: coalesce ? withCoalescing(denying) : denying,
    memory: storage instanceof MemoryStorage ? storage : undefined,
    policies,
    onStorageError,
    timeoutMs,
    readyTimeoutMs,
    policySource: options.policySource,
    policyMaxAgeMs: values.policyMaxAgeMs,
    policyTimeoutMs: values.policyTimeoutMs,
    prefix,
    maxWaiters,
    keysOf: (policy) => makeKeys(prefix, policy),
    clock,
  };
}

function checkValues(values: Defaulted, problems: OptionProblems): void {
  const { onStorageError, timeoutMs, readyTimeoutMs, prefix, coalesce, localDenialMaxAgeMs, maxWaiters, clock } =
    values;
  const known = ['open', 'closed', 'local'].includes(onStorageError);
  problems.check(known, 'onStorageError', onStorageError, "must be 'open', 'closed' or 'local'");
  const timeout = `must be whole milliseconds from 1 to ${MAX_TIMEOUT_MS}`;
  problems.check(isWhole(timeoutMs, 1, MAX_TIMEOUT_MS), 'timeoutMs', timeoutMs, timeout);
  const ready = `must be whole milliseconds from 0 to ${MAX_READY_TIMEOUT_MS}`;
  problems.check(isWhole(readyTimeoutMs, 0, MAX_READY_TIMEOUT_MS), 'readyTimeoutMs', readyTimeoutMs, ready);
  const { policyMaxAgeMs, policyTimeoutMs } = values;
  problems.check(
    isWhole(policyMaxAgeMs, 0),
    'policyMaxAgeMs',
    policyMaxAgeMs,
    'must be whole milliseconds of 0 or more',
  );
  problems.check(isWhole(policyTimeoutMs, 1, MAX_TIMEOUT_MS), 'policyTimeoutMs', policyTimeoutMs, timeout);
  const usable = typeof prefix === 'string' && /^[\w.:{}-]{1,64}$/.test(prefix);
  problems.check(usable, 'prefix', prefix, 'must be 1 to 64 letters, digits or any of . : - _ { }');
  problems.check(typeof coalesce === 'boolean', 'coalesce', coalesce, 'must be true or false');
  const age = `must be whole milliseconds from 0, which is never, to ${MAX_DENIAL_AGE_MS}`;
  problems.check(isWhole(localDenialMaxAgeMs, 0, MAX_DENIAL_AGE_MS), 'localDenialMaxAgeMs', localDenialMaxAgeMs, age);
  problems.check(isWhole(maxWaiters, 1), 'maxWaiters', maxWaiters, COUNT_RULE);
  problems.check(typeof clock === 'function', 'clock', clock, CLOCK_RULE);
}

function resolvePolicies(policies: LimiterOptions['policies'], problems: OptionProblems): Map<string, Policy> {
  const valid = problems.check(
    isObject(policies),
    'policies',
    policies,
    "must be an object such as { api: { limit: 100, per: '1m' } }",
  );
  const resolved = new Map<string, Policy>();
  for (const [name, options] of Object.entries(valid ? policies : {})) {
    const policy = problems.attempt(() => resolvePolicy(name, options));
    if (policy !== undefined) resolved.set(name, policy);
  }
  return resolved;
}
