import type { FieldType } from '../contracts/index-body.js';
import type { ValueField } from '../metadata/index-model.js';
import { isoDuration, isPostgresInterval } from './postgres-interval.js';
import { isRangeColumn, rangesOf } from './postgres-range.js';
import { instantOf } from './postgres-timestamp.js';

/**
 * What a property holds in the form that its field reads: what the database writes in a way of its own, such as
 * `[1,5)`, becomes what the engine accepts for the same. Everything else stays as it is.
 *
 * @throws UnfitValue for a text that is none of the column's type
 */
export function fieldValue({ type, facts, convert }: ValueField, value: unknown): unknown {
  const given = convert ? convert(value) : value;
  if (given === null || given === undefined || type === undefined) return given;
  return oneForm(type, facts?.columnType ?? '', given);
}

function oneForm(type: FieldType, column: string, value: unknown): unknown {
  if (isPostgresInterval(value) && type !== 'object' && type !== 'flat_object') return isoDuration(value);
  if (type.endsWith('_range') && isRangeColumn(column)) return rangesOf(value);
  if (type === 'date' && column.startsWith('timestamp')) return each(value, instantOf);
  if (type === 'geo_point' && column.startsWith('point')) return each(value, pointOf);
  return type === 'binary' ? each(value, bytesOf) : value;
}

function each(value: unknown, one: (element: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map((element) => each(element, one)) : one(value);
}

/** Bytes of an embeddable in JSON come back as the JSON of a Buffer. */
function bytesOf(value: unknown): unknown {
  const { type, data } = (typeof value === 'object' && value !== null ? value : {}) as {
    type?: string;
    data?: number[];
  };
  return type === 'Buffer' && Array.isArray(data) ? Uint8Array.from(data) : value;
}

/** A `point` of PostgreSQL is (x, y): longitude and latitude. */
function pointOf(value: unknown): unknown {
  // So it is written in the JSON of an embeddable.
  const text = typeof value === 'string' ? /^\(([^,]+),([^,]+)\)$/.exec(value) : null;
  if (text) return { lat: Number(text[2]), lon: Number(text[1]) };
  const { x, y } = (typeof value === 'object' && value !== null ? value : {}) as { x?: unknown; y?: unknown };
  return x === undefined || y === undefined ? value : { lat: y, lon: x };
}
