import { ttlMs } from '../../support/ttl.js';
import type { Ttl } from '../../contracts/ttl.js';
import { HerdRequestError } from '../../errors/operation-errors.js';

/** memcached counts in whole seconds: a shorter life it cannot keep. */
export const leastTtlMs = 1000;

const thirtyDays = 30 * 24 * 60 * 60;

/** memcached keeps expiry times in 31 bits. */
const lastMoment = 2 ** 31 - 1;

/** The same in epoch milliseconds, as a driver has it: a day before, as clocks differ. */
export const lastMomentMs = (lastMoment - 24 * 60 * 60) * 1000;

/**
 * Above one second, a part of a second counts as one. memcached reads more than 30 days as a UNIX time, so a longer life is
 * sent as one; it then depends on the clocks of this process and the server.
 *
 * @param now epoch milliseconds.
 * @returns the expiry as memcached reads it.
 * @throws {@link HerdRequestError} for less than a second, what is no duration, and times past the year 2038.
 */
export function exptime(ttl: Ttl, now: number): number {
  const ms = ttlMs(ttl, leastTtlMs);
  if (ms === Infinity) return 0;
  const whole = Math.ceil(ms / 1000);
  if (whole <= thirtyDays) return whole;
  const moment = Math.floor(now / 1000) + whole;
  if (moment <= lastMoment) return moment;
  throw new HerdRequestError({ what: 'A ttl must end before the year 2038', received: ttl, remedy: `use 'never'` });
}

/** @returns `expiry` (as memcached reads it), or `maxTtlMs` from now where that is sooner. */
export function cappedExptime(expiry: number, maxTtlMs: number): number {
  const cap = Math.max(1, Math.ceil(maxTtlMs / 1000));
  return cap > thirtyDays || (expiry !== 0 && expiry <= cap) ? expiry : cap;
}
