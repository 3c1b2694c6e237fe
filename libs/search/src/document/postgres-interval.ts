/** What PostgreSQL's driver gives for an `interval`. */
interface PostgresInterval {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly milliseconds: number;
  toPostgres(): string;
}

export function isPostgresInterval(value: unknown): value is PostgresInterval {
  return (
    typeof value === 'object' && value !== null && typeof (value as Partial<PostgresInterval>).toPostgres === 'function'
  );
}

/** ISO 8601: `P1Y2M3DT4H5M6.5S`, `PT0S` for nothing. Each part keeps its sign. */
export function isoDuration(interval: PostgresInterval): string {
  const { years, months, days, hours, minutes } = interval;
  // To the microsecond, which is all that PostgreSQL keeps.
  const seconds = Math.round((interval.seconds + interval.milliseconds / 1000) * 1e6) / 1e6;
  const part = (amount: number, unit: string): string => (amount ? `${amount}${unit}` : '');
  const date = part(years, 'Y') + part(months, 'M') + part(days, 'D');
  const time = part(hours, 'H') + part(minutes, 'M') + part(seconds, 'S');
  return date || time ? `P${date}${time ? `T${time}` : ''}` : 'PT0S';
}
