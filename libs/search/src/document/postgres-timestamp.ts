import { UnfitValue } from './json-value.js';

const TIMESTAMP = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(?:([+-]\d\d)(?::?(\d\d))?)?$/;

/**
 * `2020-01-02 03:04:05+00`, as PostgreSQL writes elements of arrays and bounds of ranges, in ISO 8601; without an offset
 * it is in UTC, as the ORM keeps it. Anything else stays as it is.
 *
 * @throws UnfitValue for a date that the calendar does not have
 */
export function instantOf(value: unknown): unknown {
  const parts = typeof value === 'string' ? TIMESTAMP.exec(value) : null;
  if (!parts) return value;
  const [, day, time, hours = '+00', minutes = '00'] = parts;
  const instant = new Date(`${day}T${time}${hours}:${minutes}`);
  if (Number.isNaN(instant.getTime())) throw new UnfitValue(value, 'must be a valid date');
  return instant.toISOString();
}
