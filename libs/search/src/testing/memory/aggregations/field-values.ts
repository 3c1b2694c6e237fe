import type { MemoryField } from '../field.js';
import { parseDateMaths } from '../dates.js';
import { NUMBERS } from '../field.js';
import { refused } from '../refusals.js';
import { readBoolean, type Value } from '../values.js';
import type { AggregationContext, Counted, Json } from './scope.js';

export interface FieldValues {
  readonly field: MemoryField | undefined;
  readonly of: (counted: Counted) => readonly Value[];
}

/** The values that an aggregation counts, with `missing` for documents that have none. */
export function fieldValues(body: Json, { index, nested, now }: AggregationContext): FieldValues {
  const path = String(body['field']);
  const field = index.fields.valued(path);
  const substitute = body['missing'] === undefined ? [] : [missingValue(field, body['missing'], now)];
  const here = field && field.nested === nested;
  return {
    field,
    of: ({ document }) => {
      const values = here ? document.values.get(path) : undefined;
      return values ?? substitute;
    },
  };
}

function missingValue(field: MemoryField | undefined, missing: unknown, now: number): Value {
  if (!field || field.type === 'keyword') return String(missing);
  if (field.type === 'boolean') return readBoolean(missing) ?? 0;
  const value = field.type === 'date' ? parseDateMaths(missing, now)?.first : Number(missing);
  if (value === undefined || Number.isNaN(value))
    throw refused('illegal_argument_exception', `missing of [${field.path}]: For input string: "${String(missing)}"`);
  return value;
}

/** @throws SearchEngineError for a field of another type */
export function assertType(aggregation: string, field: MemoryField | undefined, types: readonly string[]): void {
  if (field && !types.includes(field.type))
    throw refused(
      'illegal_argument_exception',
      `Field [${field.path}] of type [${field.type}] is not supported for aggregation [${aggregation}]`,
    );
}

export const METRIC_TYPES: readonly string[] = [...NUMBERS, 'date', 'boolean'];
