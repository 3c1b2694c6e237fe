import type { DocumentKey, KeyValue } from '../metadata/key-parts.js';
import { SearchOptionError } from '../errors/option-error.js';

/** What the tables hold of a key. */
export const MAX_KEY_LENGTH = 255;

/** `7`, `7n` for a bigint, `"seven"`, `[7,"seven"]`: text that gives the same key back. */
export function encodeKey(key: DocumentKey): string {
  const text = keyAsText(key);
  if (text.length > MAX_KEY_LENGTH)
    throw new SearchOptionError([
      { option: 'a primary key', requirement: `must be at most ${MAX_KEY_LENGTH} characters as JSON`, received: key },
    ]);
  return text;
}

/** The same, or what stands for a key that is too long: a text that gives no key back. */
export function keyOrStart(key: DocumentKey): Readonly<{ text: string; whole: boolean }> {
  const text = keyAsText(key);
  return text.length > MAX_KEY_LENGTH
    ? { text: `${text.slice(0, MAX_KEY_LENGTH - 1)}…`, whole: false }
    : { text, whole: true };
}

/** @throws SyntaxError for what is no key */
export function decodeKey(text: string): DocumentKey {
  if (!text.startsWith('[')) return decodeValue(text);
  const values = text.slice(1, -1).match(/"(?:[^"\\]|\\.)*"|[^",]+/g) ?? [];
  if (`[${values.join(',')}]` !== text) throw new SyntaxError(`${text} is no key`);
  return values.map(decodeValue);
}

function keyAsText(key: DocumentKey): string {
  return typeof key === 'object' ? `[${key.map(valueAsText).join(',')}]` : valueAsText(key);
}

function valueAsText(value: KeyValue): string {
  return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value);
}

function decodeValue(text: string): KeyValue {
  const value: unknown = /^-?\d+n$/.test(text) ? BigInt(text.slice(0, -1)) : JSON.parse(text);
  if (['string', 'number', 'bigint'].includes(typeof value)) return value as KeyValue;
  throw new SyntaxError(`${text} is no key`);
}
