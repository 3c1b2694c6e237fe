import type { CacheOptions, MemoryOptions, NamespaceOptions } from '../contracts/cache.js';
import { checked, checkShape, checkWhole, longestTimerMs, readDuration } from '../support/option-checks.js';
import type { OptionProblems } from '../support/option-problems.js';
import type { MemoryLimits } from './memory-tier.js';
import { maxTags } from './tags.js';

/** {@link NamespaceOptions} with each default filled in; `Infinity` stands for `'never'`. */
export type ResolvedCacheOptions = Readonly<{
  beta: number;
  staleIfErrorMs: number;
  negativeTtlMs: number;
  loadTimeoutMs: number;
  waitMs: number;
  generationMaxAgeMs: number;
  staleWhileRevalidateMs: number;
  /** `Infinity`: none. */
  softTimeoutMs: number;
  unless: (value: never) => boolean;
  tags: readonly string[];
  memory: MemoryLimits | undefined;
}>;

export const defaultCacheOptions: ResolvedCacheOptions = Object.freeze({
  beta: 1,
  staleIfErrorMs: 0,
  negativeTtlMs: 0,
  loadTimeoutMs: 10_000,
  waitMs: 1000,
  generationMaxAgeMs: 0,
  staleWhileRevalidateMs: 0,
  softTimeoutMs: Infinity,
  unless: () => false,
  tags: Object.freeze([]),
  memory: undefined,
});

const defaultMemory = Object.freeze({ maxEntries: 10_000, maxBytes: 32 * 1024 * 1024, ttl: '10s' } as const);

/** The names of {@link CacheOptions}. */
export const cacheOptionNames = [
  'beta',
  'staleIfError',
  'staleWhileRevalidate',
  'softTimeout',
  'unless',
  'tags',
  'negativeTtl',
  'loadTimeout',
  'waitMs',
] as const;

/** The names of {@link NamespaceOptions}. */
export const namespaceOptionNames = [...cacheOptionNames, 'generationMaxAgeMs', 'memory'] as const;

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
  const { negativeTtl, loadTimeout, softTimeout, unless = base.unless, tags = base.tags, memory } = options;
  const life = (name: 'staleIfError' | 'staleWhileRevalidate' | 'negativeTtl', fallbackMs: number): number => {
    const ttl = options[name];
    if (ttl === undefined) return fallbackMs;
    return ttl === 'never' ? Infinity : readDuration(problems, name, ttl, Infinity);
  };
  const number = (name: 'beta' | 'waitMs' | 'generationMaxAgeMs'): number => {
    const { [name]: value = base[name] } = options;
    const remedy = `must be a number of 0 or more; leave it out for ${defaultCacheOptions[name]}`;
    problems.check(Number.isFinite(value) && value >= 0, name, value, remedy);
    return value;
  };
  const negativeTtlMs = life('negativeTtl', base.negativeTtlMs);
  if (negativeTtl !== undefined && negativeTtlMs > 0 && negativeTtlMs < leastTtlMs)
    problems.check(false, 'negativeTtl', negativeTtl, `must be ${leastTtlMs} ms or more; a number is milliseconds`);
  problems.check(typeof unless === 'function', 'unless', unless, 'must be a function of the value');
  checkTags(problems, tags);
  const staleIfErrorMs = life('staleIfError', base.staleIfErrorMs);
  const hasStale = softTimeout === undefined || staleIfErrorMs > 0;
  problems.check(
    hasStale,
    'softTimeout',
    softTimeout,
    'must stand beside staleIfError, which sets for how long an old value is served then',
  );
  return Object.freeze({
    beta: number('beta'),
    staleIfErrorMs,
    staleWhileRevalidateMs: life('staleWhileRevalidate', base.staleWhileRevalidateMs),
    softTimeoutMs:
      softTimeout === undefined
        ? base.softTimeoutMs
        : readDuration(problems, 'softTimeout', softTimeout, longestTimerMs),
    unless,
    tags,
    memory: memory === undefined ? base.memory : readMemory(problems, memory),
    negativeTtlMs,
    loadTimeoutMs:
      loadTimeout === undefined
        ? base.loadTimeoutMs
        : readDuration(problems, 'loadTimeout', loadTimeout, longestTimerMs),
    waitMs: number('waitMs'),
    generationMaxAgeMs: number('generationMaxAgeMs'),
  });
}

/** Reports what is no list of tags. */
export function checkTags(problems: OptionProblems, tags: unknown): void {
  const isList = Array.isArray(tags) && tags.every((tag) => typeof tag === 'string' && tag !== '');
  const fits = isList && tags.length <= maxTags && new Set(tags).size === tags.length;
  problems.check(fits, 'tags', tags, `must be a list of up to ${maxTags} different texts, such as ['user:7']`);
}

function readMemory(problems: OptionProblems, given: MemoryOptions): MemoryLimits {
  const options = { ...defaultMemory, ...checkShape(problems, given, ['maxEntries', 'maxBytes', 'ttl'], 'memory.') };
  for (const name of ['maxEntries', 'maxBytes'] as const)
    checkWhole(problems, `memory.${name}`, options[name], [1, Infinity], `leave it out for ${defaultMemory[name]}`);
  const ttlMs = readDuration(problems, 'memory.ttl', options.ttl, longestTimerMs);
  return Object.freeze({ maxEntries: options.maxEntries, maxBytes: options.maxBytes, ttlMs });
}
