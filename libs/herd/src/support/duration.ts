import type { Duration } from '../contracts/duration.js';
import { HerdOptionError } from '../errors/option-error.js';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @returns the milliseconds of a text such as `'30s'`, or `undefined` when it is none. */
export function durationMs(text: string): number | undefined {
  const [, count, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * unitMs[unit as string]!;
}

/** @throws {@link HerdOptionError} unless `value` is a duration above 0. */
export function toMs(value: Duration, option: string): number {
  const ms = typeof value === 'string' ? durationMs(value) : value;
  if (typeof ms === 'number' && Number.isFinite(ms) && ms > 0) return ms;
  throw new HerdOptionError(option, 'must be a duration above 0', value, `use milliseconds or a text such as '30s'`);
}
