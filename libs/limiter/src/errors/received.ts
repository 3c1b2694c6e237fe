import { inspect } from 'node:util';

const MAX_LENGTH = 80;

/** A value as a message shows it, on one line and cut where it is long. */
export function received(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Infinity, maxStringLength: MAX_LENGTH });
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
