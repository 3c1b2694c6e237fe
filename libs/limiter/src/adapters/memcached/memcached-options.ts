import type { Clock } from '../../contracts/clock.js';
import { isWhole } from '../../support/is-whole.js';
import { resolveOptions } from '../../support/resolve-options.js';
import { wallClock } from '../../support/wall-clock.js';
import type { MemcachedClient } from './memcached-client.js';

export interface MemcachedStorageOptions {
  /** Shown in messages and events. Default `'memcached'`. */
  readonly name?: string;
  /**
   * How far the clocks of the processes may lie apart, in milliseconds. A bucket further in the future is healed: it keeps
   * its level, and drains from now on. Default 1000.
   */
  readonly maxSkewMs?: number;
  /** Epoch microseconds, since memcached has no clock to read. Default: the clock of this machine. */
  readonly clock?: Clock;
  /** From 0 to below 1: spreads the attempts of processes that collided. Default `Math.random`. */
  readonly random?: () => number;
}

const MEMCACHED_DEFAULTS: Readonly<Required<MemcachedStorageOptions>> = Object.freeze({
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
  return resolveOptions(
    'memcachedStorage',
    options,
    MEMCACHED_DEFAULTS,
    ({ name, maxSkewMs, clock, random }, problems) => {
      const usable = (['gets', 'add', 'cas', 'delete'] as const).every(
        (command) => typeof client?.[command] === 'function',
      );
      const commands = 'must have the commands gets, add, cas and delete, such as a memcached herd';
      problems.check(usable, 'memcachedStorage.client', client, commands);
      problems.check(
        typeof name === 'string' && name !== '',
        'memcachedStorage.name',
        name,
        'must be a string that is not empty',
      );
      const skew = `must be whole milliseconds from 0 to ${MAX_SKEW_MS}`;
      problems.check(isWhole(maxSkewMs, 0, MAX_SKEW_MS), 'memcachedStorage.maxSkewMs', maxSkewMs, skew);
      const epoch = 'must be a function that returns epoch microseconds';
      problems.check(typeof clock === 'function', 'memcachedStorage.clock', clock, epoch);
      const chance = 'must be a function such as Math.random';
      problems.check(typeof random === 'function', 'memcachedStorage.random', random, chance);
    },
  );
}
