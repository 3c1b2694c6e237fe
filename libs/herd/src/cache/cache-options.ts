import type { CacheOptions, NamespaceOptions } from '../contracts/cache.js';
import { checked, checkShape, longestTimerMs, readDuration } from '../support/option-checks.js';
import type { OptionProblems } from '../support/option-problems.js';

/** {@link NamespaceOptions} with each default filled in; `Infinity` stands for `'never'`. */
export type ResolvedCacheOptions = Readonly<{
  beta: number;
  staleIfErrorMs: number;
  negativeTtlMs: number;
  loadTimeoutMs: number;
  waitMs: number;
  generationMaxAgeMs: number;
}>;

export const defaultCacheOptions: ResolvedCacheOptions = Object.freeze({
  beta: 1,
  staleIfErrorMs: 0,
  negativeTtlMs: 0,
  loadTimeoutMs: 10_000,
  waitMs: 1000,
  generationMaxAgeMs: 0,
});

/** The names of {@link CacheOptions}. */
export const cacheOptionNames = ['beta', 'staleIfError', 'negativeTtl', 'loadTimeout', 'waitMs'] as const;

/** The names of {@link NamespaceOptions}. */
export const namespaceOptionNames = [...cacheOptionNames, 'generationMaxAgeMs'] as const;

/**
 * The options of one call.
 *
 * @param base what stands where an option is left out.
 * @param leastTtlMs the shortest life that the servers can keep.
 * @throws HerdOptionError that reports every option that is unknown or wrong.
 */
export const resolveCallOptions = (
  given: CacheOptions,
  base: ResolvedCacheOptions,
  leastTtlMs: number,
): ResolvedCacheOptions =>
  checked((problems) => readCacheOptions(problems, checkShape(problems, given, cacheOptionNames), base, leastTtlMs));

/** The options of a namespace, for all its calls; what is unknown or wrong is reported to `problems`. */
export const readNamespaceOptions = (
  problems: OptionProblems,
  given: NamespaceOptions,
  leastTtlMs: number,
): ResolvedCacheOptions =>
  readCacheOptions(problems, checkShape(problems, given, namespaceOptionNames), defaultCacheOptions, leastTtlMs);

/** Reports what is wrong in `options`, whose names are known. */
export function readCacheOptions(
  problems: OptionProblems,
  options: NamespaceOptions,
  base: ResolvedCacheOptions,
  leastTtlMs: number,
): ResolvedCacheOptions {
  const { negativeTtl, loadTimeout } = options;
  const life = (name: 'staleIfError' | 'negativeTtl', fallbackMs: number): number => {
    const ttl = options[name];
    if (ttl === undefined) return fallbackMs;
    return ttl === 'never' ? Infinity : readDuration(problems, name, ttl, Infinity);
  };
  const number = (name: 'beta' | 'waitMs' | 'generationMaxAgeMs'): number => {
    const value = options[name] ?? base[name];
    const remedy = `must be a number of 0 or more; leave it out for ${defaultCacheOptions[name]}`;
    problems.check(Number.isFinite(value) && value >= 0, name, value, remedy);
    return value;
  };
  const negativeTtlMs = life('negativeTtl', base.negativeTtlMs);
  if (negativeTtl !== undefined && negativeTtlMs > 0 && negativeTtlMs < leastTtlMs)
    problems.check(false, 'negativeTtl', negativeTtl, `must be ${leastTtlMs} ms or more; a number is milliseconds`);
  return Object.freeze({
    beta: number('beta'),
    staleIfErrorMs: life('staleIfError', base.staleIfErrorMs),
    negativeTtlMs,
    loadTimeoutMs:
      loadTimeout === undefined
        ? base.loadTimeoutMs
        : readDuration(problems, 'loadTimeout', loadTimeout, longestTimerMs),
    waitMs: number('waitMs'),
    generationMaxAgeMs: number('generationMaxAgeMs'),
  });
}
