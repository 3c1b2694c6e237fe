import { compareValues, type Value } from './values.js';
import { parseDateMaths } from './dates.js';
import type { MemoryField, MemoryFields } from './field.js';
import type { Found } from './found.js';
import type { IndexedDocument } from './indexed-document.js';
import { elementsAt } from './query/compound.js';
import type { Matcher } from './query/matcher.js';
import { assertClaimed, refused } from './refusals.js';
import { textOf } from './text.js';

type Json = Readonly<Record<string, unknown>>;

/** One key of an order. */
export interface SortKey {
  readonly descending: boolean;
  /** What documents are compared by; `undefined` where there is none, which comes last. */
  readonly valueOf: (found: Found) => Value | undefined;
  /** The value as the engine shows it in `hit.sort`. */
  readonly shown: (value: Value | undefined) => unknown;
  /** The value that a caller gives back with `search_after`. */
  readonly read: (shown: unknown) => Value | undefined;
}

export interface SortContext {
  readonly fields: MemoryFields;
  readonly now: number;
  readonly compileIn: (path: string, query: unknown) => Matcher;
}

const OPTIONS = ['order', 'missing', 'mode', 'nested', 'unmapped_type'];
const HIGHEST = { whole: 2n ** 31n - 1n, long: 2n ** 63n - 1n };

/** @throws SearchUnclaimedError, SearchEngineError for a field that is not there */
export function sortKeys(sort: unknown, context: SortContext): readonly SortKey[] {
  return [sort ?? []].flat().map((one) => {
    if (typeof one === 'string') return keyOf(one, { order: one === '_score' ? 'desc' : 'asc' }, context);
    const [path, given] = Object.entries(one as Json)[0]!;
    return keyOf(path, typeof given === 'string' ? { order: given } : (given as Json), context);
  });
}

function keyOf(path: string, options: Json, context: SortContext): SortKey {
  assertClaimed(`the sort by ${path}`, options, OPTIONS);
  const descending = (options['order'] ?? (path === '_score' ? 'desc' : 'asc')) === 'desc';
  if (path === '_score') return plain(descending, ({ score }) => score);
  if (path === '_doc' || path === '_shard_doc') return plain(descending, ({ at }) => at);
  if (path === '_id') return plain(descending, ({ stored }) => stored.id);
  if (path.startsWith('_')) assertClaimed('the sort', { [path]: options }, []);
  const field = context.fields.valued(path);
  if (!field) {
    if (options['unmapped_type'] !== undefined) return plain(descending, () => undefined);
    throw refused('query_shard_exception', `No mapping found for [${path}] in order to sort on`);
  }
  return fieldKey(field, descending, options, context);
}

function plain(descending: boolean, valueOf: SortKey['valueOf']): SortKey {
  return {
    descending,
    valueOf,
    shown: (value) => value ?? null,
    read: (value) => (value ?? undefined) as Value | undefined,
  };
}

function fieldKey(field: MemoryField, descending: boolean, options: Json, context: SortContext): SortKey {
  const { missing = '_last', mode = descending ? 'max' : 'min' } = options;
  const values = valuesFor(field, options['nested'] as Json | undefined, context);
  const substitute = missingValue(field, missing, descending, context.now);
  return {
    descending,
    valueOf: ({ stored }) =>
      reduced(String(mode), values(stored.indexed), !FRACTIONS.includes(field.type)) ?? substitute,
    shown: (value) => shownValue(field.type === 'float' && typeof value === 'number' ? shortest(value) : value),
    read: (shown) => readValue(field, shown),
  };
}

function valuesFor(field: MemoryField, nested: Json | undefined, { compileIn }: SortContext) {
  const own = ({ values }: IndexedDocument): readonly Value[] => values.get(field.path) ?? [];
  if (!nested) return field.nested === undefined ? own : () => [];
  assertClaimed('`nested` of a sort', nested, ['path', 'filter']);
  const path = String(nested['path']);
  const filter = nested['filter'] === undefined ? undefined : compileIn(path, nested['filter']);
  return (document: IndexedDocument): readonly Value[] =>
    elementsAt(document, path)
      .filter((element) => !filter || filter({ id: '', document: element }) !== undefined)
      .flatMap(own);
}

const FRACTIONS: readonly string[] = ['float', 'double'];

function reduced(mode: string, values: readonly Value[], whole: boolean): Value | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted(compareValues);
  if (mode === 'min') return sorted[0];
  if (mode === 'max') return sorted.at(-1);
  const numbers = sorted.map(Number);
  const sum = numbers.reduce((total, value) => total + value, 0);
  const rounded = (value: number): number => (whole ? Math.round(value) : value);
  if (mode === 'sum') return sum;
  if (mode === 'avg') return rounded(sum / numbers.length);
  const middle = Math.floor(numbers.length / 2);
  return numbers.length % 2 ? numbers[middle] : rounded((numbers[middle - 1]! + numbers[middle]!) / 2);
}

/** What a document without a value counts as: strings have none beyond all others, and `undefined` comes last. */
function missingValue(field: MemoryField, missing: unknown, descending: boolean, now: number): Value | undefined {
  if (missing !== '_last' && missing !== '_first') return givenValue(field, missing, now);
  if (field.type === 'keyword') return missing === '_first' ? FIRST : undefined;
  return beyond(field, (missing === '_last') !== descending);
}

function givenValue({ type, path }: MemoryField, missing: unknown, now: number): Value {
  if (type === 'keyword') return String(missing);
  if (typeof missing === 'object' && missing !== null) return BigInt(textOf(missing));
  const value = type === 'date' ? parseDateMaths(missing, now)?.first : Number(missing);
  if (value !== undefined && !Number.isNaN(value)) return value;
  throw refused('illegal_argument_exception', `missing of [${path}]: For input string: "${String(missing)}"`);
}

/** A number beyond all others, as the engine has it. */
function beyond({ type }: MemoryField, high: boolean): Value {
  if (FRACTIONS.includes(type)) return high ? Infinity : -Infinity;
  const limit = type === 'long' || type === 'date' ? HIGHEST.long : HIGHEST.whole;
  const value = high ? limit : -limit - 1n;
  return limit === HIGHEST.long ? value : Number(value);
}

/** Before every string, in either direction. */
const FIRST: Value = '\u0000\u0000_first';

function shownValue(value: Value | undefined): unknown {
  if (value === undefined || value === FIRST) return null;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return typeof value === 'bigint' ? value.toString() : value;
}

/** The shortest number that is the same in 32 bits, as the engine shows it. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function readValue({ type }: MemoryField, shown: unknown): Value | undefined {
  if (shown === null || shown === undefined) return undefined;
  if (type === 'keyword') return textOf(shown);
  const text = textOf(shown);
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
  const number = type === 'date' && Number.isNaN(Number(text)) ? Date.parse(text) : Number(text);
  return type === 'float' ? Math.fround(number) : number;
}

/** Negative where `a` comes first. */
export function compareBy(keys: readonly SortKey[], a: readonly (Value | undefined)[], b: typeof a): number {
  for (const [at, { descending }] of keys.entries()) {
    const order = compareKey(a[at], b[at], descending);
    if (order !== 0) return order;
  }
  return 0;
}

function compareKey(a: Value | undefined, b: Value | undefined, descending: boolean): number {
  if (a === b) return 0;
  if (a === FIRST || b === undefined) return -1;
  if (b === FIRST || a === undefined) return 1;
  return (descending ? -1 : 1) * compareValues(a, b);
}
