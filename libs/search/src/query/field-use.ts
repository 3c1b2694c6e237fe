import type { FieldType } from '../contracts/index-body.js';

/** What a query wants of a field. */
export type FieldUse =
  | 'match' | 'phrase' | 'words' | 'pattern' | 'exact' | 'range' | 'exists' | 'geo' | 'vector' | 'nested' | 'decay' | 'scoreNumber'
  | 'sort' | 'collapse' | 'highlight' | 'source' | 'complete'
  | 'aggregate' | 'number' | 'metric' | 'date';

interface UseRule {
  readonly takes: (type: FieldType) => boolean;
  /** Leads to the field to use instead: "`title` is text; sort by `title.raw`". */
  readonly phrase: string;
  /** For fields that are not text. */
  readonly remedy: string;
  /** The field may be inside a nested field. */
  readonly anywhere?: true;
}

const OBJECTS: readonly FieldType[] = ['object', 'nested'];
const NUMBERS: readonly FieldType[] = ['integer', 'long', 'short', 'byte', 'float', 'double', 'half_float', 'scaled_float'];
const WORDS: readonly FieldType[] = ['text', 'search_as_you_type'];
const UNORDERED: readonly FieldType[] = [...OBJECTS, ...WORDS, 'binary', 'geo_point', 'completion', 'flat_object', 'knn_vector'];

const anyValue = (type: FieldType): boolean => !OBJECTS.includes(type);
const ordered = (type: FieldType): boolean => !UNORDERED.includes(type);
const only = (...types: FieldType[]) => (type: FieldType): boolean => types.includes(type);

export const FIELD_USES: Readonly<Record<FieldUse, UseRule>> = {
  match: { takes: anyValue, phrase: 'match', remedy: 'name a field of it' },
  phrase: { takes: (type) => WORDS.includes(type) || type === 'keyword', phrase: 'use', remedy: 'a phrase needs a text field, here use term' },
  words: { takes: only(...WORDS), phrase: 'use', remedy: 'this needs a text field, whose words are analysed; use term or match here' },
  pattern: { takes: only(...WORDS, 'keyword'), phrase: 'use', remedy: 'a pattern needs letters (text or keyword): use term or range here' },
  exact: { takes: ordered, phrase: 'use match on it, or term on', remedy: 'name a field that holds single values' },
  range: { takes: ordered, phrase: 'use range on', remedy: 'a range needs numbers, dates or keywords' },
  exists: { takes: () => true, phrase: '', remedy: '' },
  geo: { takes: only('geo_point'), phrase: 'use', remedy: "a distance or area needs a geo_point: @SearchField({ type: 'geo_point' })" },
  vector: { takes: only('knn_vector'), phrase: 'use', remedy: "knn needs @SearchField({ type: 'knn_vector', dimension })" },
  nested: { takes: only('nested'), phrase: 'use', remedy: "match it without nested(…), or give it @SearchField({ type: 'nested', include })" },
  decay: { takes: (type) => NUMBERS.includes(type) || type === 'date' || type === 'geo_point', phrase: 'use', remedy: 'a decay needs numbers, dates or a geo_point' },
  scoreNumber: { takes: (type) => NUMBERS.includes(type), phrase: 'use', remedy: 'a score needs a numeric field' },
  sort: { takes: ordered, phrase: 'sort by', remedy: 'sort by a field that holds single values', anywhere: true },
  collapse: { takes: (type) => NUMBERS.includes(type) || type === 'keyword', phrase: 'collapse by', remedy: 'collapse by a keyword or a number' },
  highlight: { takes: anyValue, phrase: 'highlight', remedy: 'name a field of it', anywhere: true },
  source: { takes: () => true, phrase: '', remedy: '', anywhere: true },
  complete: { takes: only('completion'), phrase: 'use', remedy: "completions need @SearchField({ type: 'completion' })" },
  aggregate: { takes: ordered, phrase: 'aggregate by', remedy: 'aggregate by a field that holds single values' },
  number: { takes: (type) => NUMBERS.includes(type), phrase: 'use', remedy: 'a histogram needs numbers (dates: use dateHistogram)' },
  metric: { takes: (type) => NUMBERS.includes(type) || type === 'date' || type === 'boolean', phrase: 'use', remedy: 'this aggregation needs numbers or dates' },
  date: { takes: only('date'), phrase: 'use', remedy: 'a dateHistogram needs dates (numbers: use histogram)' },
};
