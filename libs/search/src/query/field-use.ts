import type { FieldType } from '../contracts/index-body.js';

/** What a query wants of a field. */
export type FieldUse = 'match' | 'phrase' | 'exact' | 'range' | 'sort' | 'aggregate' | 'number' | 'date' | 'exists' | 'highlight';

interface UseRule {
  readonly takes: (type: FieldType) => boolean;
  /** Leads to the field to use instead: "`title` is text; sort by `title.raw`". */
  readonly phrase: string;
  /** For fields that are not text. */
  readonly remedy: string;
}

const OBJECTS: readonly FieldType[] = ['object', 'nested'];
const NUMBERS: readonly FieldType[] = ['integer', 'long', 'short', 'byte', 'float', 'double', 'half_float', 'scaled_float'];
const WORDS: readonly FieldType[] = ['text', 'search_as_you_type'];
const UNORDERED: readonly FieldType[] = [...OBJECTS, ...WORDS, 'binary', 'geo_point', 'completion', 'flat_object'];

const anyValue = (type: FieldType): boolean => !OBJECTS.includes(type);
const ordered = (type: FieldType): boolean => !UNORDERED.includes(type);

export const FIELD_USES: Readonly<Record<FieldUse, UseRule>> = {
  match: { takes: anyValue, phrase: 'match', remedy: 'name a field of it' },
  phrase: { takes: (type) => WORDS.includes(type) || type === 'keyword', phrase: 'use', remedy: 'a phrase needs a text field, here use term' },
  exact: { takes: ordered, phrase: 'use match on it, or term on', remedy: 'name a field that holds single values' },
  range: { takes: ordered, phrase: 'use range on', remedy: 'a range needs numbers, dates or keywords' },
  sort: { takes: ordered, phrase: 'sort by', remedy: 'sort by a field that holds single values' },
  aggregate: { takes: ordered, phrase: 'aggregate by', remedy: 'aggregate by a field that holds single values' },
  number: { takes: (type) => NUMBERS.includes(type), phrase: 'use', remedy: 'a histogram needs numbers (dates: use dateHistogram)' },
  date: { takes: (type) => type === 'date', phrase: 'use', remedy: 'a dateHistogram needs dates (numbers: use histogram)' },
  exists: { takes: () => true, phrase: '', remedy: '' },
  highlight: { takes: anyValue, phrase: 'highlight', remedy: 'name a field of it' },
};
