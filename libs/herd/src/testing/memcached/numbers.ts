/** memcached keeps flags and expiry times in 32 bits, and cuts longer numbers to that. */
export const number32 = (word: string): number => Number(BigInt.asIntN(32, BigInt(word.replace('+', ''))));

/** @returns a signed number of 32 bits, cut to that, or `undefined` for a word that is none. */
export const int32 = (word: string): number | undefined => (/^[+-]?\d{1,19}$/.test(word) ? number32(word) : undefined);

const max64 = (1n << 64n) - 1n;

/** @returns the unsigned 64-bit number that C's `strtoull` would read from `text`, or `undefined`. */
export function counter(text: string): bigint | undefined {
  const digits = /^\s*\+?(\d+)(?:[\s\0]|$)/.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const value = BigInt(digits);
  return value > max64 ? undefined : value;
}

/** Adds like memcached: an increment wraps at 2^64, a decrement stops at 0. */
export function shifted(value: bigint, delta: bigint, verb: 'incr' | 'decr'): bigint {
  if (verb === 'incr') return BigInt.asUintN(64, value + delta);
  return delta > value ? 0n : value - delta;
}
