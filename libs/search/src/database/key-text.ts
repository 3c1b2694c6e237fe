import { createHash } from 'node:crypto';
import type { DocumentKey, KeyValue } from '../metadata/key-parts.js';

/** Characters that a column of the tables holds of a key. */
export const MAX_KEY_LENGTH = 255;

const HASH_LENGTH = 64;

/** `7`, `7n` for a bigint, `"seven"`, `[7,"seven"]`: text that gives the same key back. */
export function encodeKey(key: DocumentKey): string {
  return typeof key === 'object' ? `[${key.map(valueAsText).join(',')}]` : valueAsText(key);
}

/** Whether a column holds the whole text of a key. */
export function fitsColumn(text: string): boolean {
  return text.length <= MAX_KEY_LENGTH;
}

/**
 * What a column holds of the text of a key, the same for the same key: the text itself, or for a long one its beginning and
 * its hash, which give no key back.
 */
export function columnText(text: string): string {
  if (fitsColumn(text)) return text;
  const start = text.slice(0, MAX_KEY_LENGTH - HASH_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, '');
  return `${start}…${createHash('sha256').update(text).digest('hex')}`;
}

/** @throws SyntaxError for what is no key */
export function decodeKey(text: string): DocumentKey {
  if (!text.startsWith('[')) return decodeValue(text);
  const values = text.slice(1, -1).match(/"(?:[^"\\]|\\.)*"|[^",]+/g) ?? [];
  if (`[${values.join(',')}]` !== text) throw new SyntaxError(`${text} is no key`);
  return values.map(decodeValue);
}

function valueAsText(value: KeyValue): string {
  return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value);
}

function decodeValue(text: string): KeyValue {
  const value: unknown = /^-?\d+n$/.test(text) ? BigInt(text.slice(0, -1)) : JSON.parse(text);
  if (['string', 'number', 'bigint'].includes(typeof value)) return value as KeyValue;
  throw new SyntaxError(`${text} is no key`);
}
