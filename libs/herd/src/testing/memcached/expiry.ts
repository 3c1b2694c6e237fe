const thirtyDays = 60 * 60 * 24 * 30;

/**
 * memcached's rule: 0 never expires, a negative time is over at once, up to 30 days it counts from now, above that it
 * is a UNIX time.
 *
 * @param exptime seconds, as sent.
 * @param now epoch milliseconds.
 * @returns epoch milliseconds, `Infinity` for never.
 */
export function expiresAt(exptime: number, now: number): number {
  if (exptime === 0) return Infinity;
  if (exptime < 0) return 0;
  return exptime > thirtyDays ? exptime * 1000 : now + exptime * 1000;
}
