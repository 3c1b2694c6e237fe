const ISO_DATE =
  /^(?!-000000)(?<month>(?:\d{4}|[+-]\d{6})-\d{2})-(?<day>\d{2})(?:(?<time>T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?<zone>Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * The milliseconds of a date in ISO 8601, without a zone in UTC, as the engine has it; NaN for any other text. `Date.parse` reads
 * almost any, `'page 1'` too, and in the zone of the machine.
 */
export function isoMillis(text: string): number {
  const groups = ISO_DATE.exec(text)?.groups;
  if (!groups || !isDayOf(groups['month']!, Number(groups['day']))) return Number.NaN;
  return Date.parse(groups['time'] !== undefined && groups['zone'] === undefined ? `${text}Z` : text);
}

/** JavaScript goes on with a 31 June in July. */
const isDayOf = (month: string, day: number): boolean =>
  day <= 28 || new Date(`${month}-${day}T00:00Z`).getUTCDate() === day;
