/** `strict_date_optional_time`: a year, and each part only after the one before it. */
const DATE =
  /^(-?\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(?:(\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?)?)?)?$/;
const DIGITS = /^-?\d+$/;
const MATHS = /([+-]\d+|\/)([yMwdhHms])/gy;

type Unit = 'y' | 'M' | 'w' | 'd' | 'h' | 'H' | 'm' | 's';
const MS: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  H: 3_600_000,
  m: 60_000,
  s: 1_000,
};

/** First and last millisecond that a date stands for: a day, an hour, …; a month or a year alone stands for its first day. */
export interface DateSpan {
  readonly first: number;
  readonly last: number;
}

/** @returns epoch milliseconds, `undefined` for what is no date of the default format */
export function parseDate(value: unknown): number | undefined {
  return spanOf(value)?.first;
}

/** A date, its digits as epoch milliseconds, or date maths: `now-1d/d`, `2024-02-01||+1M`. @param now epoch milliseconds */
export function parseDateMaths(value: unknown, now: number): DateSpan | undefined {
  if (typeof value !== 'string') return spanOf(value);
  const [anchor, maths] = value.startsWith('now') ? ['now', value.slice(3)] : value.split('||');
  const start = anchor === 'now' ? { first: now, last: now } : spanOf(anchor);
  return start && (maths ? calculated(start.first, maths) : start);
}

function spanOf(value: unknown): DateSpan | undefined {
  if (typeof value === 'number') return { first: Math.trunc(value), last: Math.trunc(value) };
  if (typeof value !== 'string') return undefined;
  const parts = DATE.exec(value);
  if (parts) return spanOfParts(parts);
  return DIGITS.test(value) ? spanOf(Number(value)) : undefined;
}

function spanOfParts([, year, month, day, hour, minute, second, fraction, zone]: readonly (string | undefined)[]) {
  const part = (given: string | undefined, absent: number): number => (given === undefined ? absent : Number(given));
  const [y, m, d] = [Number(year), part(month, 1), part(day, 1)];
  const at = (h: number, min: number, s: number, ms: number): number =>
    Date.UTC(y, m - 1, d, part(hour, h), part(minute, min), part(second, s), ms) - zoneMs(zone);
  if (!exists(y, m, d) || part(hour, 0) > 23 || part(minute, 0) > 59 || part(second, 0) > 59) return undefined;
  const ms = fraction === undefined ? undefined : Number(fraction.padEnd(3, '0').slice(0, 3));
  return { first: at(0, 0, 0, ms ?? 0), last: at(23, 59, 59, ms ?? 999) };
}

function exists(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const [, sign, hours, minutes = '0'] = /([+-])(\d\d):?(\d\d)?/.exec(zone)!;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function calculated(from: number, maths: string): DateSpan | undefined {
  let span: DateSpan = { first: from, last: from };
  let end = 0;
  for (const [text, step, unit] of maths.matchAll(MATHS)) {
    end += text.length;
    if (step === '/') {
      const first = floorDate(span.first, unit as Unit);
      span = { first, last: addDate(first, 1, unit as Unit) - 1 };
    } else {
      const first = addDate(span.first, Number(step), unit as Unit);
      span = { first, last: first };
    }
  }
  return end === maths.length ? span : undefined;
}

/** The begin of the calendar unit, in UTC; weeks begin on Monday. */
export function floorDate(at: number, unit: Unit | 'q'): number {
  const date = new Date(at);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  if (unit === 'y') return utc(year, 0);
  if (unit === 'q') return utc(year, month - (month % 3));
  if (unit === 'M') return utc(year, month);
  const ms = MS[unit]!;
  // The epoch was a Thursday.
  const shift = unit === 'w' ? 3 * MS['d']! : 0;
  return Math.floor((at + shift) / ms) * ms - shift;
}

export function addDate(at: number, count: number, unit: Unit | 'q'): number {
  const months = unit === 'y' ? 12 : unit === 'q' ? 3 : unit === 'M' ? 1 : 0;
  if (months === 0) return at + count * MS[unit]!;
  const date = new Date(at);
  const first = utc(date.getUTCFullYear(), date.getUTCMonth() + months * count);
  const days = new Date(utc(new Date(first).getUTCFullYear(), new Date(first).getUTCMonth() + 1) - 1).getUTCDate();
  const within = at - utc(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  return first + (Math.min(date.getUTCDate(), days) - 1) * MS['d']! + within;
}

function utc(year: number, month: number, day = 1): number {
  return Date.UTC(year, month, day);
}
