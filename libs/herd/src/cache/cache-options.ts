import type { NamespaceOptions } from '../contracts/cache.js';
import { ttlMs } from '../support/ttl.js';
import { HerdOptionError } from '../errors/option-error.js';

export type ResolvedCacheOptions = Readonly<{
  beta: number;
  staleIfErrorMs: number;
  negativeTtlMs: number;
  loadTimeoutMs: number;
  waitMs: number;
  generationMaxAgeMs: number;
}>;

const defaults: ResolvedCacheOptions = Object.freeze({
  beta: 1,
  staleIfErrorMs: 0,
  negativeTtlMs: 0,
  loadTimeoutMs: 10_000,
  waitMs: 1000,
  generationMaxAgeMs: 0,
});
const known = ['beta', 'staleIfError', 'negativeTtl', 'loadTimeout', 'waitMs', 'generationMaxAgeMs'];

/** @throws {@link HerdOptionError} for the first that is unknown or wrong. */
export function resolveCacheOptions(
  given: NamespaceOptions,
  base: ResolvedCacheOptions = defaults,
): ResolvedCacheOptions {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new HerdOptionError(unknown, 'is unknown', unknown, `use one of ${known.join(', ')}`);
  const life = (name: 'staleIfError' | 'negativeTtl' | 'loadTimeout', fallback: number): number => {
    const ttl = given[name];
    try {
      return ttl === undefined ? fallback : ttlMs(ttl);
    } catch {
      throw new HerdOptionError(name, 'must be a ttl', ttl, `pass seconds, or a text such as '60s'`);
    }
  };
  const number = (name: 'beta' | 'waitMs' | 'generationMaxAgeMs'): number => {
    const value = given[name] ?? base[name];
    if (!Number.isFinite(value) || value < 0)
      throw new HerdOptionError(name, 'must be a number of 0 or more', value, `leave it out for ${defaults[name]}`);
    return value;
  };
  const loadTimeoutMs = life('loadTimeout', base.loadTimeoutMs);
  if (loadTimeoutMs > 2 ** 31 - 1)
    throw new HerdOptionError('loadTimeout', 'must have an end', given.loadTimeout, 'leave it out for 10 seconds');
  return Object.freeze({
    beta: number('beta'),
    staleIfErrorMs: life('staleIfError', base.staleIfErrorMs),
    negativeTtlMs: life('negativeTtl', base.negativeTtlMs),
    loadTimeoutMs,
    waitMs: number('waitMs'),
    generationMaxAgeMs: number('generationMaxAgeMs'),
  });
}
