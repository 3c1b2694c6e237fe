import type { Duration } from '../contracts/duration.js';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** @returns milliseconds, which may be a fraction, or `undefined` where `value` is no duration */
export function parseDuration(value: Duration): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const [, whole, fraction = '', unit] = /^(\d+)(?:\.(\d+))?(ms|s|m|h|d|w)$/.exec(value) ?? [];
  if (whole === undefined) return undefined;
  // Divided last, so that '1.1s' is 1100 and not a little more.
  return (Number(whole + fraction) * UNIT_MS[unit as keyof typeof UNIT_MS]) / 10 ** fraction.length;
}
