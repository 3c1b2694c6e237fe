import fc from 'fast-check';
import type { IndexBody } from '@rookery/search';

/** Every type that the memory engine searches, once as it is and once with what changes its values. */
export const BODY: IndexBody = {
  settings: {
    'index.number_of_shards': 1,
    'index.number_of_replicas': 0,
    analysis: {
      normalizer: { low: { type: 'custom', filter: ['lowercase'] } },
      analyzer: { spaces: { type: 'custom', tokenizer: 'whitespace', filter: ['lowercase'] } },
    },
  },
  mappings: {
    dynamic: 'strict',
    properties: {
      word: { type: 'keyword' },
      low: { type: 'keyword', normalizer: 'low', null_value: 'Nothing' },
      short: { type: 'keyword', ignore_above: 3 },
      text: { type: 'text', fields: { raw: { type: 'keyword' } } },
      spaced: { type: 'text', analyzer: 'spaces', copy_to: 'everything' },
      everything: { type: 'text' },
      whole: { type: 'integer' },
      long: { type: 'long' },
      double: { type: 'double' },
      float: { type: 'float' },
      flag: { type: 'boolean' },
      at: { type: 'date' },
      part: { type: 'object', properties: { word: { type: 'keyword' }, whole: { type: 'integer' } } },
      items: {
        type: 'nested',
        properties: {
          word: { type: 'keyword' },
          whole: { type: 'integer' },
          inner: { type: 'nested', properties: { word: { type: 'keyword' } } },
        },
      },
    },
  },
};

const words = fc.constantFrom('a', 'b', 'B', 'be', 'beta', 'Über', 'x*y', '');
const wholes = fc.integer({ min: -3, max: 6 });
const longs = fc.constantFrom(0, 7, -5, '9007199254740993', '9007199254740994', '-9223372036854775808');
const fractions = fc.constantFrom(0, 0.1, 1.5, -2.25, 1e10, 3.3);
const dates = fc.constantFrom(
  '2024-01-31',
  '2024-02-29T12:30:00.000Z',
  '1969-12-31T23:59:59.999Z',
  '2024-02',
  '2025',
  0,
  '2024-03-01T01:00:00+02:00',
);
const texts = fc
  .array(
    fc.constantFrom('the', 'Union', "don't", 'foo:bar', 'x_y', '3,4', 'e-mail', 'O.K.', 'ünï', '日本', '42', 'free'),
    { maxLength: 5 },
  )
  .map((parts) => parts.join(' '));

const one = <T>(values: fc.Arbitrary<T>) => fc.oneof(values, fc.constant(null), fc.array(values, { maxLength: 3 }));
const parts = fc.record({ word: one(words), whole: one(wholes) }, { requiredKeys: [] });
const items = fc.record(
  { word: one(words), whole: one(wholes), inner: fc.array(fc.record({ word: words }), { maxLength: 2 }) },
  { requiredKeys: [] },
);

export const documents = fc.array(
  fc.record(
    {
      word: one(words),
      low: one(words),
      short: one(words),
      text: one(texts),
      spaced: one(texts),
      whole: one(wholes),
      long: one(longs),
      double: one(fractions),
      float: one(fractions),
      flag: one(fc.constantFrom(true, false, 'true')),
      at: one(dates),
      part: fc.oneof(parts, fc.array(parts, { maxLength: 2 })),
      items: fc.oneof(items, fc.array(items, { maxLength: 3 })),
    },
    { requiredKeys: [] },
  ),
  { minLength: 1, maxLength: 12 },
);

type Json = Readonly<Record<string, unknown>>;

const KEYWORDS = ['word', 'low', 'short', 'text.raw', 'part.word'] as const;
const TEXTS = ['text', 'spaced', 'everything'] as const;
const keyword = fc.constantFrom(...KEYWORDS);
const text = fc.constantFrom(...TEXTS);
const rangeDates = fc.oneof(dates, fc.constantFrom('2024-02-29||/M', '2024-01-31||+1M', '2024-02-29T12:30||-1y/d'));

/** A field with values that its type reads. */
const valued: fc.Arbitrary<readonly [string, unknown]> = fc.oneof(
  fc.tuple(keyword, words),
  fc.tuple(fc.constantFrom('whole', 'part.whole'), wholes),
  fc.tuple(fc.constant('long'), longs),
  fc.tuple(fc.constantFrom('double', 'float'), fractions),
  fc.tuple(fc.constant('flag'), fc.boolean()),
  fc.tuple(fc.constant('at'), rangeDates),
  fc.tuple(text, fc.constantFrom('the', 'union', 'free')),
);

const bounds = fc.constantFrom('gt', 'gte', 'lt', 'lte');
const range = fc.tuple(valued, bounds, fc.option(bounds)).map(([[field, value], first, second]) => ({
  range: { [field]: { [first]: value, ...(second && second[0] !== first[0] ? { [second]: value } : {}) } },
}));

const leaf: fc.Arbitrary<Json> = fc.oneof(
  valued.map(([field, value]) => ({ term: { [field]: { value } } })),
  fc
    .tuple(valued, valued)
    .map(([[field, value], [other, second]]) => ({ terms: { [field]: other === field ? [value, second] : [value] } })),
  range,
  fc
    .constantFrom(...KEYWORDS, ...TEXTS, 'whole', 'long', 'double', 'flag', 'at', 'part', 'items', 'nowhere')
    .map((field) => ({ exists: { field } })),
  fc.subarray(['d0', 'd1', 'd2', 'd3', 'none'], { minLength: 1 }).map((values) => ({ ids: { values } })),
  fc
    .tuple(fc.oneof(keyword, text), words, fc.boolean())
    .map(([field, value, case_insensitive]) => ({ prefix: { [field]: { value, case_insensitive } } })),
  fc
    .tuple(keyword, fc.constantFrom('b*', '*a', '?', 'x\\*y', '*', 'B?'), fc.boolean())
    .map(([field, value, case_insensitive]) => ({ wildcard: { [field]: { value, case_insensitive } } })),
  fc.tuple(keyword, words).map(([field, value]) => ({ term: { [field]: { value, case_insensitive: true } } })),
  fc
    .tuple(
      text,
      texts,
      fc.constantFrom(
        {},
        { operator: 'and' },
        { minimum_should_match: 2 },
        { minimum_should_match: '60%' },
        { zero_terms_query: 'all' },
      ),
    )
    .map(([field, query, options]) => ({ match: { [field]: { query, ...options } } })),
  fc.tuple(text, texts).map(([field, query]) => ({ match_phrase: { [field]: { query } } })),
  fc
    .tuple(fc.subarray([...TEXTS], { minLength: 1 }), texts, fc.constantFrom('best_fields', 'most_fields', 'phrase'))
    .map(([fields, query, type]) => ({ multi_match: { fields, query, type } })),
  fc.constantFrom<Json>({ match_all: {} }, { match_none: {} }),
);

const nestedLeaf: fc.Arbitrary<Json> = fc.oneof(
  words.map((value) => ({ term: { 'items.word': { value } } })),
  wholes.map((gte) => ({ range: { 'items.whole': { gte } } })),
  fc.constant({ exists: { field: 'items.word' } }),
  words.map((value) => ({ nested: { path: 'items.inner', query: { term: { 'items.inner.word': { value } } } } })),
);
const bool = (clause: fc.Arbitrary<Json>): fc.Arbitrary<Json> => {
  const clauses = fc.array(clause, { maxLength: 2 });
  return fc
    .record({
      must: clauses,
      filter: clauses,
      should: clauses,
      must_not: clauses,
      minimum: fc.constantFrom(undefined, 0, 1, '50%', -1),
    })
    .map(({ minimum, ...given }) => {
      const named = Object.entries(given).filter(([, list]) => list.length > 0);
      return {
        bool: {
          ...Object.fromEntries(named),
          ...(minimum === undefined || given.should.length === 0 ? {} : { minimum_should_match: minimum }),
        },
      };
    });
};
const nested = fc.oneof(nestedLeaf, bool(nestedLeaf)).map((query) => ({ nested: { path: 'items', query } }));
const flat = fc.oneof(
  { weight: 4, arbitrary: leaf },
  { weight: 1, arbitrary: nested },
  { weight: 1, arbitrary: words.map((value): Json => ({ term: { 'items.word': value } })) },
);

export const queries: fc.Arbitrary<Json> = fc.oneof(
  flat,
  bool(fc.oneof(flat, bool(flat))),
  flat.map((filter) => ({ constant_score: { filter } })),
  fc.array(flat, { minLength: 1, maxLength: 3 }).map((all) => ({ dis_max: { queries: all } })),
  fc.tuple(flat, flat).map(([positive, negative]) => ({ boosting: { positive, negative, negative_boost: 0.5 } })),
);

const sortField = fc.constantFrom('word', 'low', 'whole', 'long', 'double', 'float', 'flag', 'at', 'part.word');
const missing = fc.constantFrom(undefined, '_first', '_last');
const sortKey: fc.Arbitrary<Json> = fc.oneof(
  fc
    .tuple(sortField, fc.constantFrom('asc', 'desc'), missing)
    .map(([field, order, absent]) => ({ [field]: { order, ...(absent ? { missing: absent } : {}) } })),
  fc
    .tuple(fc.constantFrom('whole', 'double'), fc.constantFrom('min', 'max', 'avg', 'sum', 'median'))
    .map(([field, mode]) => ({ [field]: { order: 'asc', mode } })),
  fc
    .tuple(fc.constantFrom('whole', 'double'), wholes)
    .map(([field, absent]) => ({ [field]: { order: 'desc', missing: absent } })),
  fc.constantFrom('asc', 'desc').map((order) => ({ 'items.whole': { order, nested: { path: 'items' } } })),
);
/** Ends in a key that breaks ties. */
export const sorts = fc.array(sortKey, { maxLength: 2 }).map((keys) => [...keys, { _id: { order: 'asc' } }]);

export const aggregations: fc.Arbitrary<Json> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('word', 'low', 'whole', 'long', 'double', 'float', 'flag', 'at', 'part.whole'),
      fc.constantFrom<Json>(
        {},
        { size: 2 },
        { order: { _key: 'desc' } },
        { order: [{ _count: 'asc' }, { _key: 'asc' }] },
        { min_doc_count: 2 },
      ),
    )
    .map(([field, options]) => ({ terms: { field, ...options }, aggs: { sum: { sum: { field: 'whole' } } } })),
  fc.constantFrom('asc', 'desc').map((order) => ({
    terms: { field: 'word', order: { high: order } },
    aggs: { high: { max: { field: 'whole' } } },
  })),
  fc
    .tuple(
      fc.constantFrom('avg', 'min', 'max', 'sum', 'stats', 'value_count', 'cardinality'),
      fc.constantFrom('whole', 'double', 'at', 'flag'),
    )
    .map(([kind, field]) => ({ [kind]: { field } })),
  fc.constantFrom('whole', 'part.whole').map((field) => ({ extended_stats: { field } })),
  fc.constantFrom('avg', 'sum', 'value_count').map((kind) => ({ [kind]: { field: 'whole', missing: 3 } })),
  fc
    .tuple(
      fc.constantFrom(1, 2, 2.5),
      fc.constantFrom<Json>(
        {},
        { min_doc_count: 1 },
        { offset: 1 },
        { extended_bounds: { min: -4, max: 8 } },
        { hard_bounds: { min: -1, max: 3 } },
        { missing: 2 },
      ),
    )
    .map(([interval, options]) => ({
      histogram: { field: 'whole', interval, ...options },
      aggs: { n: { value_count: { field: 'word' } } },
    })),
  fc
    .tuple(
      fc.constantFrom('year', 'quarter', 'month', 'week', 'day'),
      fc.constantFrom<Json>(
        { min_doc_count: 1 },
        { min_doc_count: 1, offset: '+6h' },
        { min_doc_count: 1, hard_bounds: { min: '2024-01-05', max: '2024-03-10' } },
        { min_doc_count: 1, order: { _key: 'desc' } },
      ),
    )
    .map(([calendar_interval, options]) => ({ date_histogram: { field: 'at', calendar_interval, ...options } })),
  fc
    .constantFrom('90d', '12h')
    .map((fixed_interval) => ({ date_histogram: { field: 'at', fixed_interval, min_doc_count: 1 } })),
  fc.constant({ date_histogram: { field: 'at', calendar_interval: 'year' } }),
  fc.boolean().map((keyed) => ({
    range: { field: 'whole', keyed, ranges: [{ from: 2 }, { to: 2 }, { key: 'mid', from: -1, to: 4 }] },
  })),
  fc.constant({
    date_range: { field: 'at', ranges: [{ to: '2024-02-01' }, { from: '2024-02-01', to: '2024-03-01' }] },
  }),
  flat.map((filter) => ({ filter, aggs: { words: { terms: { field: 'word' } } } })),
  fc
    .tuple(flat, flat, fc.boolean())
    .map(([a, b, other]) => ({ filters: { filters: { a, b }, ...(other ? { other_bucket_key: 'other' } : {}) } })),
  fc.constantFrom('word', 'whole', 'at').map((field) => ({ missing: { field } })),
  fc.constant({
    nested: { path: 'items' },
    aggs: {
      words: {
        terms: { field: 'items.word' },
        aggs: {
          back: { reverse_nested: {}, aggs: { sum: { sum: { field: 'whole' } } } },
          high: { max: { field: 'items.whole' } },
        },
      },
    },
  }),
  fc.constant({
    terms: { field: 'word' },
    aggs: {
      best: {
        top_hits: { size: 2, sort: [{ whole: { order: 'desc' } }, { _id: { order: 'asc' } }], _source: ['word'] },
      },
    },
  }),
);

export const windows = fc.record({
  from: fc.constantFrom(0, 0, 2),
  size: fc.constantFrom(3, 20),
  _source: fc.constantFrom<unknown>(true, ['word', 'part.*'], { excludes: ['items', '*word'] }, false),
});
