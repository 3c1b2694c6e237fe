const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * @returns the milliseconds of a number, or of a text such as `'250ms'` or `'1.5h'`; `undefined` for what is no duration,
 * or below 0.
 *
 * @example parseDuration('1.5s') // 1500
 */
export function parseDuration(duration: unknown): number | undefined {
  const ms = typeof duration === 'string' ? textMs(duration) : duration;
  return typeof ms === 'number' && Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

function textMs(text: string): number | undefined {
  const [, whole, fraction = '', unit] = /^(\d+)(?:\.(\d+))?(ms|s|m|h|d|w)$/.exec(text) ?? [];
  // Divided last, so that '1.1s' is 1100 and not a little more.
  return whole === undefined ? undefined : (Number(whole + fraction) * unitMs[unit!]!) / 10 ** fraction.length;
}
