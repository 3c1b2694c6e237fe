import { HerdRequestError } from '../errors/operation-errors.js';
import { durationMs } from './duration.js';
import type { Ttl } from '../contracts/ttl.js';

/**
 * @returns milliseconds, `Infinity` for `'never'`.
 * @throws {@link HerdRequestError} for 0, below 0, and what is no duration.
 */
export function ttlMs(ttl: Ttl): number {
  if (ttl === 'never') return Infinity;
  const ms = typeof ttl === 'string' ? (durationMs(ttl) ?? NaN) : ttl * 1000;
  if (typeof ms === 'number' && Number.isFinite(ms) && ms > 0) return ms;
  throw new HerdRequestError({
    what: 'A ttl must be above 0',
    received: ttl,
    remedy: `pass seconds, a text such as '60s', or 'never'`,
  });
}
