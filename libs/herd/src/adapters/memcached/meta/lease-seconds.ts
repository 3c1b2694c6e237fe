import type { Duration } from '../../../contracts/duration.js';
import { HerdRequestError } from '../../../errors/operation-errors.js';
import { ttlMs } from '../../../support/ttl.js';
import { leastTtlMs } from '../ttl.js';

const mostMs = 30 * 24 * 60 * 60 * 1000;

/**
 * The seconds of a time that begins with the request. memcached reads more than 30 days as a moment long past, and 0 as for
 * ever: all readers would have the lease, or one that may be gone.
 *
 * @throws HerdRequestError for less than a second, more than 30 days, `'never'`, and what is no duration.
 */
export function leaseSeconds(name: string, given: Duration): number {
  const ms = ttlMs(given, leastTtlMs);
  if (ms <= mostMs) return Math.ceil(ms / 1000);
  throw new HerdRequestError({
    what: `${name} must be 30 days or less`,
    received: given,
    remedy: `pass a duration such as '30s', for as long as making the value may take`,
  });
}
