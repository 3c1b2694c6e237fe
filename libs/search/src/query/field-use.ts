import type { FieldType } from '../contracts/index-body.js';

/** What a query needs of a field. */
export type FieldUse =
  | 'match'
  | 'phrase'
  | 'words'
  | 'pattern'
  | 'fuzzy'
  | 'exact'
  | 'range'
  | 'exists'
  | 'geo'
  | 'point'
  | 'vector'
  | 'nested'
  | 'decay'
  | 'scoreNumber'
  | 'sort'
  | 'collapse'
  | 'highlight'
  | 'source'
  | 'complete'
  | 'aggregate'
  | 'count'
  | 'number'
  | 'metric'
  | 'date';

interface UseRule {
  readonly accepts: (type: FieldType) => boolean;
  /** Leads to the field to use instead: "`title` is text; sort by `title.raw`". */
  readonly phrase: string;
  /** For fields that are not text. */
  readonly remedy: string;
  /** The field may be inside a nested field. */
  readonly anywhere?: true;
}

const OBJECTS: readonly FieldType[] = ['object', 'nested'];
const NUMBERS: readonly FieldType[] = [
  'integer',
  'long',
  'short',
  'byte',
  'float',
  'double',
  'half_float',
  'scaled_float',
  'token_count',
];
const PLAIN_NUMBERS = NUMBERS.filter((type) => type !== 'scaled_float');
const WORDS: readonly FieldType[] = ['text', 'search_as_you_type'];
const NUMBER_RANGES: readonly FieldType[] = ['integer_range', 'long_range', 'float_range', 'double_range'];
const RANGES: readonly FieldType[] = [...NUMBER_RANGES, 'date_range', 'ip_range'];
const PLACES: readonly FieldType[] = ['geo_point', 'geo_shape'];
/** Without values that are equal or not, one by one. */
const NO_VALUES: readonly FieldType[] = [...OBJECTS, ...WORDS, ...PLACES, 'binary', 'completion', 'knn_vector'];

const anyValue = (type: FieldType): boolean => !OBJECTS.includes(type);
const without =
  (...types: readonly FieldType[]) =>
  (type: FieldType): boolean =>
    !types.includes(type);
const only =
  (...types: readonly FieldType[]) =>
  (type: FieldType): boolean =>
    types.includes(type);
/** One value, in an order: what can be sorted by and grouped by. */
const ordered = without(...NO_VALUES, ...RANGES, 'flat_object');

export const FIELD_USES: Readonly<Record<FieldUse, UseRule>> = {
  match: {
    accepts: without(...OBJECTS, ...PLACES, 'binary'),
    phrase: 'match',
    remedy: 'name a field of it (places: geoDistance, geoBoundingBox)',
  },
  phrase: {
    accepts: (type) => WORDS.includes(type) || type === 'keyword',
    phrase: 'use',
    remedy: 'a phrase needs a text field, here use term',
  },
  words: {
    accepts: only(...WORDS),
    phrase: 'use',
    remedy: 'this needs a text field, whose words are analysed; use term or match here',
  },
  pattern: {
    accepts: only(...WORDS, 'keyword', 'wildcard', 'join', 'flat_object'),
    phrase: 'use',
    remedy: 'a pattern needs letters (text, keyword or wildcard): use term or range here',
  },
  fuzzy: {
    accepts: only(...WORDS, 'keyword', 'join'),
    phrase: 'use',
    remedy: 'fuzzy needs letters (text or keyword): use term or range here',
  },
  exact: {
    accepts: without(...NO_VALUES),
    phrase: 'use match on it, or term on',
    remedy: 'name a field that holds single values',
  },
  range: {
    accepts: without(...NO_VALUES, 'wildcard'),
    phrase: 'use range on',
    remedy: 'a range needs numbers, dates, keywords or ranges',
  },
  exists: { accepts: () => true, phrase: '', remedy: '' },
  geo: {
    accepts: only(...PLACES),
    phrase: 'use',
    remedy: "a distance or area needs a geo_point: @SearchField({ type: 'geo_point' })",
  },
  point: {
    accepts: only('geo_point'),
    phrase: 'use',
    remedy: "this needs single points: @SearchField({ type: 'geo_point' })",
  },
  vector: {
    accepts: only('knn_vector'),
    phrase: 'use',
    remedy: "knn needs @SearchField({ type: 'knn_vector', dimension })",
  },
  nested: {
    accepts: only('nested'),
    phrase: 'use',
    remedy: "match it without nested(…), or give it @SearchField({ type: 'nested', include })",
  },
  decay: {
    accepts: only(...PLAIN_NUMBERS, 'date', 'geo_point'),
    phrase: 'use',
    remedy: 'a decay needs numbers (not a scaled_float), dates or a geo_point',
  },
  scoreNumber: { accepts: (type) => NUMBERS.includes(type), phrase: 'use', remedy: 'a score needs a numeric field' },
  sort: { accepts: ordered, phrase: 'sort by', remedy: 'sort by a field that holds single values', anywhere: true },
  collapse: {
    accepts: only(...PLAIN_NUMBERS, 'keyword'),
    phrase: 'collapse by',
    remedy: 'collapse by a keyword or a number (not a scaled_float)',
  },
  highlight: { accepts: anyValue, phrase: 'highlight', remedy: 'name a field of it', anywhere: true },
  source: { accepts: () => true, phrase: '', remedy: '', anywhere: true },
  complete: {
    accepts: only('completion'),
    phrase: 'use',
    remedy: "completions need @SearchField({ type: 'completion' })",
  },
  aggregate: { accepts: ordered, phrase: 'aggregate by', remedy: 'aggregate by a field that holds single values' },
  count: {
    accepts: without(...OBJECTS, ...WORDS, 'binary', 'completion', 'knn_vector', 'flat_object'),
    phrase: 'aggregate by',
    remedy: 'aggregate by a field that holds single values',
  },
  number: {
    accepts: only(...NUMBERS, ...NUMBER_RANGES),
    phrase: 'use',
    remedy: 'a histogram needs numbers (dates: use dateHistogram)',
  },
  metric: {
    accepts: (type) => NUMBERS.includes(type) || type === 'date' || type === 'boolean',
    phrase: 'use',
    remedy: 'this aggregation needs numbers or dates',
  },
  date: {
    accepts: only('date', 'date_range'),
    phrase: 'use',
    remedy: 'a dateHistogram needs dates (numbers: use histogram)',
  },
};
