import type { FieldType } from '../../contracts/index-body.js';
import { parseDate } from './dates.js';
import type { MemoryField } from './field.js';
import { refused, unclaimed } from './refusals.js';
import { textOf } from './text.js';

/** A value as it is compared: dates are epoch milliseconds, booleans 0 and 1, whole numbers beyond 2^53 bigint. */
export type Value = string | number | bigint;

const DIGITS = /^-?\d+$/;
const LIMITS: Partial<Record<FieldType, readonly [bigint, bigint]>> = {
  byte: [-(2n ** 7n), 2n ** 7n - 1n],
  short: [-(2n ** 15n), 2n ** 15n - 1n],
  integer: [-(2n ** 31n), 2n ** 31n - 1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
};
const DATE_FORMATS = [
  'strict_date_optional_time',
  'epoch_millis',
  'strict_date',
  'strict_date_time',
  'date_optional_time',
];

/**
 * What a field makes of a value in a document.
 *
 * @returns `undefined` where it counts as none @throws SearchEngineError where the field cannot read it
 */
export function indexedValue(field: MemoryField, value: string | number | boolean): Value | undefined {
  const { type, mapping } = field;
  switch (type) {
    case 'text':
      return String(value);
    case 'keyword': {
      const text = String(value);
      const limit = mapping['ignore_above'] as number | undefined;
      return limit !== undefined && text.length > limit ? undefined : text;
    }
    case 'boolean':
      return readBoolean(value) ?? unreadable(field, value);
    case 'date':
      return parseDate(value) ?? unreadable(field, value);
    default:
      // An empty string is no number, and no error either.
      if (value === '' && mapping['coerce'] !== false) return undefined;
      return numberOf(field, value, mapping['coerce'] !== false) ?? unreadable(field, value);
  }
}

function unreadable(field: MemoryField, value: unknown): undefined {
  if (field.mapping['ignore_malformed'] === true) return undefined;
  throw refused(
    'mapper_parsing_exception',
    `failed to parse field [${field.path}] of type [${field.type}]. Preview of field's value: '${String(value)}'`,
  );
}

export function readBoolean(value: unknown): 0 | 1 | undefined {
  if (value === true || value === 'true') return 1;
  return value === false || value === 'false' || value === '' ? 0 : undefined;
}

function numberOf({ type }: MemoryField, value: unknown, coerce: boolean): number | bigint | undefined {
  if (typeof value === 'boolean' || (typeof value === 'string' && !coerce)) return undefined;
  const limits = LIMITS[type];
  if (!limits) return fraction(type, Number(value));
  const whole = DIGITS.test(String(value)) ? BigInt(value as string) : truncated(Number(value), coerce);
  return whole !== undefined && whole >= limits[0] && whole <= limits[1] ? exact(whole) : undefined;
}

function truncated(value: number, coerce: boolean): bigint | undefined {
  return Number.isFinite(value) && (coerce || Number.isInteger(value)) ? BigInt(Math.trunc(value)) : undefined;
}

export function fraction(type: FieldType, value: number): number | undefined {
  const kept = type === 'float' ? Math.fround(value) : value;
  return Number.isFinite(kept) ? kept : undefined;
}

/** A number where that is exact. */
export function exact(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** Negative, 0 or positive; strings by their code points, as the engine's bytes are ordered. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @throws SearchUnclaimedError for a format of dates that is not read */
export function assertFormat(what: string, format: unknown): void {
  if (format === undefined) return;
  for (const one of textOf(format).split('||'))
    if (!DATE_FORMATS.includes(one)) throw unclaimed(`the date format '${one}' of ${what}`);
}
