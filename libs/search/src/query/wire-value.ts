import { putOwn } from './put-own.js';
import { unusable } from './unusable.js';

/** A part of a request's or an answer's body. */
export type Wire = Readonly<Record<string, unknown>>;

/** A date as ISO 8601, a bigint as its digits; refuses what would match nothing or break the request. */
export function wireValue(value: unknown, field: string): unknown {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  if (typeof value === 'bigint') return value.toString();
  const usable = typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  if (usable) return value;
  throw unusable(field, `\`${field}\` needs a string, a finite number, a boolean or a valid Date`, value);
}

/** Camel case options to the wire's snake case, without what is undefined. Values inside objects are left as they are. */
export function wireOptions(options: object | undefined): Record<string, unknown> {
  const wire: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options ?? {})) {
    if (value === undefined) continue;
    const written: unknown = typeof value === 'object' && !(value instanceof Date) ? value : wireValue(value, name);
    putOwn(wire, snakeCase(name), written);
  }
  return wire;
}

const SNAKE_CASE = new Map<string, string>();

function snakeCase(name: string): string {
  let snake = SNAKE_CASE.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    // Names come from option types; plain JavaScript could bring any.
    if (SNAKE_CASE.size < 1_000) SNAKE_CASE.set(name, snake);
  }
  return snake;
}

/** A string to search for. */
export function wireText(text: unknown, field: string): string {
  if (typeof text === 'string') return text;
  throw unusable(field, `\`${field}\` needs a string to search for`, text);
}

/** A whole number from `least` up, in a message `what`. */
export function wholeNumber(value: unknown, least: number, what: string): number {
  if (Number.isInteger(value) && (value as number) >= least) return value as number;
  throw unusable(what, `${what} must be a whole number of ${least} or more`, value);
}
