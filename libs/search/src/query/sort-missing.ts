import { SearchQueryError } from '../errors/query.errors.js';
import type { CompileContext } from './clauses/compile-context.js';
import { isoMillis } from './iso-date.js';
import { rawJson } from './raw-json.js';
import type { Direction, SortOptions } from './sort.js';
import { unusable } from './unusable.js';
import { wireValue } from './wire-value.js';

interface FieldOrder {
  readonly field: string;
  readonly direction: Direction;
  readonly options: Pick<SortOptions, 'missing' | 'numericType'>;
}

const PLACES: readonly unknown[] = ['_first', '_last'];

/** What documents without a value of the field count as, as the engine reads it. @throws SearchQueryError */
export function wireMissing(order: FieldOrder, context: Pick<CompileContext, 'typeOf' | 'formatOf'>): unknown {
  const { field, options } = order;
  const type = context.typeOf(field);
  if (type === 'date') return missingDate(order, context.formatOf(field));
  const { missing } = options;
  if (missing === undefined || PLACES.includes(missing)) return missing;
  if (type === 'ip')
    throw new SearchQueryError(
      field,
      `\`${field}\` is ip: documents without one come '_first' or '_last', and stand for no other address`,
      missing,
    );
  return wireValue(missing, field);
}

const [LEAST, GREATEST] = [-(2n ** 63n), 2n ** 63n - 1n];
const NANOS_PER_MS = 1_000_000n;

/**
 * As whole numbers, which is all that the engine reads. It distinguishes its shards by the last hit so far, written in the
 * field's own format: where that is a document without a value, a format such as `yyyy-MM-dd` makes a date of it that passes
 * over shards with hits. A number means `_last` without that.
 */
function missingDate({ field, direction, options }: FieldOrder, format: string | undefined): unknown {
  const { missing = '_last', numericType } = options;
  if (missing === '_last' && format !== undefined) return rawJson(direction === 'asc' ? GREATEST : LEAST);
  if (PLACES.includes(missing)) return options.missing;
  const ms = missing instanceof Date ? missing.getTime() : typeof missing === 'number' ? missing : dateOf(missing);
  if (!Number.isInteger(ms))
    throw unusable(
      field,
      `\`${field}\` needs '_first', '_last', a Date, ISO 8601 or whole milliseconds for those without`,
      missing,
    );
  return numericType === 'date_nanos' ? rawJson(BigInt(ms) * NANOS_PER_MS) : ms;
}

function dateOf(text: string): number {
  return /^-?\d+$/.test(text) ? Number(text) : isoMillis(text);
}
