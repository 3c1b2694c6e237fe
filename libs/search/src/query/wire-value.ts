import { shown } from '../errors/search-error.js';
import { SearchQueryError } from '../errors/query.errors.js';

/** A part of a request's or an answer's body. */
export type Wire = Readonly<Record<string, unknown>>;

/** A date as ISO 8601, a bigint as its digits; refuses what would match nothing or break the request. */
export function wireValue(value: unknown, field: string): unknown {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  if (typeof value === 'bigint') return value.toString();
  const usable = typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  if (usable) return value;
  throw new SearchQueryError(field, `\`${field}\` needs a string, a finite number, a boolean or a valid Date (got ${shown(value)})`);
}

/** Camel case options to the wire's snake case, without what is undefined. */
export function wireOptions(options: object | undefined): Record<string, unknown> {
  const entries = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [snakeCase(name), value as unknown]));
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
