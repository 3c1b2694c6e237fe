import { parseDateMaths, type DateSpan } from '../dates.js';
import { WHOLE_NUMBERS, type MemoryField } from '../field.js';
import { refused } from '../refusals.js';
import { exact, fraction, readBoolean, type Value } from '../values.js';
import type { QueryContext } from './matcher.js';
import { textOf } from '../text.js';

const DIGITS = /^-?\d+$/;

/** A value of a query as a field compares it. @throws SearchEngineError where the field cannot read it */
export function termValue(field: MemoryField, value: unknown, context: QueryContext): Value {
  switch (field.type) {
    case 'text':
      return String(value);
    case 'keyword': {
      const normalizer = field.mapping['normalizer'];
      return normalizer === undefined ? String(value) : context.analysis.normalizer(textOf(normalizer))(String(value));
    }
    case 'boolean':
      return (
        readBoolean(value) ?? unreadable(`Can't parse boolean value [${String(value)}], expected [true] or [false]`)
      );
    case 'date':
      return dateSpan(field, value, context).first;
    default:
      return numberValue(field, value);
  }
}

export function dateSpan(field: MemoryField, value: unknown, { now }: QueryContext): DateSpan {
  return parseDateMaths(value, now) ?? unreadable(`failed to parse date field [${String(value)}] of [${field.path}]`);
}

function numberValue({ type }: MemoryField, value: unknown): number | bigint {
  if (WHOLE_NUMBERS.includes(type) && typeof value !== 'boolean' && DIGITS.test(String(value)))
    return exact(BigInt(value as string));
  const number = typeof value === 'boolean' || value === '' || value === null ? NaN : Number(value);
  const read = WHOLE_NUMBERS.includes(type) ? number : fraction(type, number);
  return read === undefined || Number.isNaN(read) ? unreadable(`For input string: "${String(value)}"`) : read;
}

function unreadable(reason: string): never {
  throw refused('query_shard_exception', `failed to create query: ${reason}`);
}
