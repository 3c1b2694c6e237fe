import { monotonicClock, type Clock } from '../contracts/clock.js';
import type { LimiterStorage } from '../contracts/limiter-storage.js';
import type { Policy, PolicyOptions } from '../contracts/policy.js';
import { OptionProblems } from '../errors/option-error.js';
import { withDefaults } from '../algorithm/defaults.js';
import { resolvePolicy } from '../algorithm/policy.js';

/**
 * What happens while the storage fails or is late. `'local'`: each process limits on its own, in memory. `'open'`: every
 * request passes. `'closed'`: {@link StorageUnavailableError}, a 503 from the guard.
 */
export type StorageErrorPolicy = 'open' | 'closed' | 'local';

export interface LimiterOptions {
  /** Where the buckets live, such as `memoryStorage()`. */
  readonly storage: LimiterStorage;
  readonly policies: Readonly<Record<string, PolicyOptions>>;
  /** Default `'local'`. */
  readonly onStorageError?: StorageErrorPolicy;
  /** Deadline of one storage call in milliseconds. Default 50. */
  readonly timeoutMs?: number;
  /** First part of every key in the storage; two applications that share a storage take two. Default `'rl'`. */
  readonly prefix?: string;
  /** The clock of the local buckets. Default: the monotonic clock of the process. */
  readonly clock?: Clock;
}

export interface ResolvedLimiterOptions {
  readonly storage: LimiterStorage;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly onStorageError: StorageErrorPolicy;
  readonly timeoutMs: number;
  readonly prefix: string;
  readonly clock: Clock;
}

type Defaulted = Required<Pick<LimiterOptions, 'onStorageError' | 'timeoutMs' | 'prefix' | 'clock'>>;

export const LIMITER_DEFAULTS: Readonly<Defaulted> = Object.freeze({ onStorageError: 'local', timeoutMs: 50, prefix: 'rl', clock: monotonicClock });

const MAX_TIMEOUT_MS = 60_000;

/** @throws {@link LimiterOptionError} naming every wrong option */
export function resolveLimiterOptions(options: LimiterOptions): ResolvedLimiterOptions {
  const problems = new OptionProblems();
  const { storage, policies } = options;
  const { onStorageError, timeoutMs, prefix, clock } = withDefaults(LIMITER_DEFAULTS, options);
  problems.check(isStorage(storage), 'storage', storage, 'must be a LimiterStorage, such as memoryStorage()');
  problems.check(['open', 'closed', 'local'].includes(onStorageError), 'onStorageError', onStorageError, "must be 'open', 'closed' or 'local'");
  problems.check(Number.isSafeInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS, 'timeoutMs', timeoutMs, `must be whole milliseconds from 1 to ${MAX_TIMEOUT_MS}`);
  problems.check(typeof prefix === 'string' && /^[\w.:{}-]{1,64}$/.test(prefix), 'prefix', prefix, 'must be 1 to 64 letters, digits or any of . : - _ { }');
  problems.check(typeof policies === 'object' && policies !== null, 'policies', policies, "must be an object such as { api: { limit: 100, per: '1m' } }");
  const resolved = Object.entries(policies ?? {}).map(([name, policy]) => [name, problems.attempt(() => resolvePolicy(name, policy))] as const);
  problems.throwIfAny();
  return { storage, policies: new Map(resolved as [string, Policy][]), onStorageError, timeoutMs, prefix, clock };
}

function isStorage(storage: Partial<LimiterStorage> | undefined | null): boolean {
  return [storage?.apply, storage?.read, storage?.delete].every((method) => typeof method === 'function');
}
