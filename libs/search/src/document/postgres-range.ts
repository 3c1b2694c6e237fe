import { UnfitValue } from './json-value.js';
import { instantOf } from './postgres-timestamp.js';

type Range = Readonly<Partial<Record<'gt' | 'gte' | 'lt' | 'lte', unknown>>>;

const BOUND = String.raw`"(?:[^"\\]|\\.|"")*"|[^",()[\]]*`;
const RANGE = new RegExp(String.raw`([[(])\s*(${BOUND})\s*,\s*(${BOUND})\s*([\])])`);

/** `int4range`, `datemultirange`, …: how PostgreSQL names the types of ranges. */
export function isRangeColumn(columnType: string): boolean {
  return /^(int[48]|num|ts|tstz|date)(multi)?range$/.test(columnType);
}

/**
 * `[1,5)` as `{ gte: 1, lt: 5 }`, `{[1,5),[7,9)}` as a list of those, `empty` as null: nothing is in it. A side without
 * bound, or at infinity, is left out. What is no text is a range already.
 *
 * @throws UnfitValue for any other text
 */
export function rangesOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (text.startsWith('{') && text.endsWith('}')) return severalIn(value, text.slice(1, -1));
  return rangeOf(value, text);
}

function severalIn(value: string, text: string): unknown[] {
  const found = text.match(new RegExp(RANGE, 'g')) ?? [];
  if (found.join(',') !== text) throw unfit(value);
  return found.map((one) => rangeOf(value, one));
}

function rangeOf(value: string, text: string): Range | null {
  if (text === 'empty') return null;
  const parts = new RegExp(`^${RANGE.source}$`).exec(text);
  if (!parts) throw unfit(value);
  const [, opening, lower, upper, closing] = parts;
  const from = boundOf(lower!);
  const to = boundOf(upper!);
  return {
    ...(from === undefined ? {} : { [opening === '[' ? 'gte' : 'gt']: from }),
    ...(to === undefined ? {} : { [closing === ']' ? 'lte' : 'lt']: to }),
  };
}

/** Digits stay text: the engine reads them, and none is lost. */
function boundOf(text: string): unknown {
  const bare = text.startsWith('"')
    ? text.slice(1, -1).replace(/\\(.)|""/g, (_, escaped: string) => escaped ?? '"')
    : text;
  return bare === '' || /^-?infinity$/.test(bare) ? undefined : instantOf(bare);
}

function unfit(value: string): UnfitValue {
  return new UnfitValue(value, 'must be a range as PostgreSQL writes it');
}
