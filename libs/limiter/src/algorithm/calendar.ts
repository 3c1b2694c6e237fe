import type { QuotaPeriod } from '../contracts/policy.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A day of the proleptic Gregorian calendar, and the hour; as `Date.UTC` reads them, so that a month of 13 is the next year's first. */
interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
}

/** Whether the runtime has a time zone of this IANA name. */
export function isTimeZone(name: unknown): name is string {
  if (typeof name !== 'string') return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts of the period before the one that holds `now`, of that one, of the next and of the one after.
 *
 * @param now epoch milliseconds
 * @returns epoch microseconds
 * @example periodBoundaries('day', 'Europe/Berlin', Date.now())
 */
export function periodBoundaries(
  every: QuotaPeriod,
  timeZone: string,
  now: number,
): readonly [number, number, number, number] {
  if (every === 'hour') return hourBoundaries(timeZone, now);
  const format = formatOf(timeZone);
  const today = localTime(format, now);
  const start = (offset: number): number => instantOf(format, startOf(every, today, offset)) * 1000;
  return [start(-1), start(0), start(1), start(2)];
}

/** Hours are as long as 60 minutes, even where clocks change; zones of half an hour have their own. */
function hourBoundaries(timeZone: string, now: number): readonly [number, number, number, number] {
  const format = formatOf(timeZone);
  const shift = ((offsetAt(format, now) % 3_600_000) + 3_600_000) % 3_600_000;
  const start = Math.floor((now + shift) / 3_600_000) * 3_600_000 - shift;
  return [(start - 3_600_000) * 1000, start * 1000, (start + 3_600_000) * 1000, (start + 7_200_000) * 1000];
}

function startOf(
  every: Exclude<QuotaPeriod, 'hour'>,
  { year, month, day }: CalendarTime,
  offset: number,
): CalendarTime {
  switch (every) {
    case 'day':
      return { year, month, day: day + offset, hour: 0 };
    case 'week': {
      const weekday = (new Date(Date.UTC(year, month, day)).getUTCDay() + 6) % 7;
      return { year, month, day: day - weekday + 7 * offset, hour: 0 };
    }
    case 'month':
      return { year, month: month + offset, day: 1, hour: 0 };
  }
}

/** The first instant at or after that time of the zone's clocks: where it is skipped, the one at which they go on. */
function instantOf(format: Intl.DateTimeFormat, { year, month, day, hour }: CalendarTime): number {
  const local = Date.UTC(year, month, day, hour);
  // The offsets of the day before and after include both sides of any change of the clocks.
  const offsets = [offsetAt(format, local - DAY_MS), offsetAt(format, local + DAY_MS)];
  const candidates = offsets
    .map((offset) => local - offset)
    .filter((instant) => instant + offsetAt(format, instant) === local);
  if (candidates.length > 0) return Math.min(...candidates);
  return changeBetween(format, local - Math.max(...offsets), local - Math.min(...offsets));
}

/** The minute at which the offset changes. */
function changeBetween(format: Intl.DateTimeFormat, from: number, to: number): number {
  let [before, after] = [from, to];
  const offset = offsetAt(format, before);
  while (after - before > MINUTE_MS) {
    const middle = before + Math.floor((after - before) / 2 / MINUTE_MS) * MINUTE_MS;
    if (offsetAt(format, middle) === offset) before = middle;
    else after = middle;
  }
  return after;
}

/** How far the zone's clocks are ahead of UTC, in milliseconds. */
function offsetAt(format: Intl.DateTimeFormat, instant: number): number {
  const whole = Math.floor(instant / 1000) * 1000;
  const parts = partsOf(format, whole);
  return (
    Date.UTC(parts['year']!, parts['month']! - 1, parts['day'], parts['hour'], parts['minute'], parts['second']) - whole
  );
}

function localTime(format: Intl.DateTimeFormat, instant: number): CalendarTime {
  const parts = partsOf(format, instant);
  return { year: parts['year']!, month: parts['month']! - 1, day: parts['day']!, hour: parts['hour']! };
}

function partsOf(format: Intl.DateTimeFormat, instant: number): Readonly<Record<string, number>> {
  return Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws `RangeError` where the runtime does not have the zone */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  return format;
}
