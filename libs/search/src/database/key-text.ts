import { SearchOptionError } from '../errors/option-error.js';
import type { PrimaryKey } from '../rows/entity-reader.js';

const MAX_KEY_LENGTH = 255;

/** `7`, `7n` for a bigint, `"seven"`: text that gives the same key back. */
export function encodeKey(key: PrimaryKey): string {
  const text = typeof key === 'bigint' ? `${key}n` : JSON.stringify(key);
  if (text.length > MAX_KEY_LENGTH)
    throw new SearchOptionError([
      { option: 'a primary key', requirement: `must be at most ${MAX_KEY_LENGTH} characters as JSON`, received: key },
    ]);
  return text;
}

export function decodeKey(text: string): PrimaryKey {
  return /^-?\d+n$/.test(text) ? BigInt(text.slice(0, -1)) : (JSON.parse(text) as string | number);
}
