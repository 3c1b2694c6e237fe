/** memcached drops an item up to a second early: its clock has whole seconds. */
const MARGIN_SECONDS = 2;
/** memcached keeps expiry times in 31 bits. */
const LAST_SECOND = 2 ** 31 - 1;
const THIRTY_DAYS = 30 * 24 * 60 * 60;

/**
 * How long an item must live, in whole seconds: until the bucket is empty by the clock of whoever is behind the most.
 * A bucket that would outlive the year 2038, where memcached's own times end, is forgotten then.
 *
 * @param fullMicros until the bucket is empty
 * @param now epoch microseconds
 */
export function lifetimeSeconds(fullMicros: number, maxSkewMs: number, now: number): number {
  const seconds = Math.ceil(fullMicros / 1_000_000) + MARGIN_SECONDS + Math.ceil(maxSkewMs / 1000);
  return Math.max(MARGIN_SECONDS, Math.min(seconds, LAST_SECOND - Math.ceil(now / 1_000_000) - 1));
}

/** `ttl` as memcached reads it: beyond 30 days it means a UNIX time. Never 0, which would mean for ever. */
export function expirationTime(ttl: number, nowMs: number): number {
  return ttl <= THIRTY_DAYS ? Math.max(MARGIN_SECONDS, ttl) : Math.min(Math.floor(nowMs / 1000) + ttl, LAST_SECOND);
}
