import type { Clock } from '../../contracts/clock.js';
import { OptionProblems } from '../../support/option-problems.js';
import type { MemcachedClient } from './memcached-client.js';

export interface MemcachedStorageOptions {
  /** Shown in messages and events. Default `'memcached'`. */
  readonly name?: string;
  /**
   * How far the clocks of the processes may lie apart, in milliseconds. A bucket further in the future is healed: it keeps
   * its level, and drains from now on. Default 1000.
   */
  readonly maxSkewMs?: number;
  /** Epoch microseconds, since memcached has no clock to ask. Default: the clock of this machine. */
  readonly clock?: Clock;
  /** From 0 to below 1: spreads the attempts of processes that met. Default `Math.random`. */
  readonly random?: () => number;
}

const wallClock: Clock = () => Date.now() * 1000;

export const MEMCACHED_DEFAULTS = Object.freeze({
  name: 'memcached',
  maxSkewMs: 1000,
  clock: wallClock,
  random: Math.random,
});

const MAX_SKEW_MS = 86_400_000;

/** @throws {@link LimiterOptionError} naming every wrong option */
export function resolveMemcachedOptions(
  client: MemcachedClient,
  options: MemcachedStorageOptions,
): Required<MemcachedStorageOptions> {
  const resolved = { ...MEMCACHED_DEFAULTS, ...options };
  const { name, maxSkewMs, clock, random } = resolved;
  const problems = new OptionProblems();
  const usable = (['gets', 'add', 'cas', 'delete'] as const).every(
    (command) => typeof client?.[command] === 'function',
  );
  problems.check(
    usable,
    'memcachedStorage client',
    client,
    'must have the commands gets, add, cas and delete, such as a memcached herd',
  );
  problems.check(
    typeof name === 'string' && name !== '',
    'memcachedStorage name',
    name,
    'must be a string that is not empty',
  );
  problems.check(
    Number.isSafeInteger(maxSkewMs) && maxSkewMs >= 0 && maxSkewMs <= MAX_SKEW_MS,
    'memcachedStorage maxSkewMs',
    maxSkewMs,
    `must be whole milliseconds from 0 to ${MAX_SKEW_MS}`,
  );
  problems.check(
    typeof clock === 'function',
    'memcachedStorage clock',
    clock,
    'must be a function that tells epoch microseconds',
  );
  problems.check(
    typeof random === 'function',
    'memcachedStorage random',
    random,
    'must be a function such as Math.random',
  );
  problems.throwIfAny();
  return resolved;
}
