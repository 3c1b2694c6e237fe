import { FIELD_TYPES } from '../contracts/index-body.js';
import { FIELD_USES, type FieldUse } from './field-use.js';

const WORDS = ['text', 'search_as_you_type'];
const WHOLE = ['integer', 'long', 'short', 'byte', 'token_count'];
const NUMBERS = [...WHOLE, 'float', 'double', 'half_float', 'scaled_float'];
const PLAIN_NUMBERS = [...WHOLE, 'float', 'double', 'half_float'];
const NUMBER_RANGES = ['integer_range', 'long_range', 'float_range', 'double_range'];
const RANGES = [...NUMBER_RANGES, 'date_range', 'ip_range'];
const SINGLE = ['keyword', 'wildcard', 'join', ...NUMBERS, 'date', 'boolean', 'ip'];
const PLACES = ['geo_point', 'geo_shape'];
const NO_OBJECTS = [...SINGLE, ...RANGES, ...WORDS, ...PLACES, 'flat_object', 'binary', 'completion', 'knn_vector'];

/** As OpenSearch has it; query-field-uses.spec.ts tries both sides on real servers. */
const ACCEPTED: Readonly<Record<FieldUse, readonly string[]>> = {
  match: NO_OBJECTS.filter((type) => ![...PLACES, 'binary'].includes(type)),
  phrase: [...WORDS, 'keyword'],
  words: WORDS,
  pattern: [...WORDS, 'keyword', 'wildcard', 'join', 'flat_object'],
  fuzzy: [...WORDS, 'keyword', 'join'],
  exact: [...SINGLE, ...RANGES, 'flat_object'],
  range: [...SINGLE.filter((type) => type !== 'wildcard'), ...RANGES, 'flat_object'],
  exists: [...NO_OBJECTS, 'object', 'nested'],
  geo: PLACES,
  point: ['geo_point'],
  vector: ['knn_vector'],
  nested: ['nested'],
  decay: [...PLAIN_NUMBERS, 'date', 'geo_point'],
  scoreNumber: NUMBERS,
  sort: SINGLE,
  collapse: [...PLAIN_NUMBERS, 'keyword'],
  highlight: NO_OBJECTS,
  source: [...NO_OBJECTS, 'object', 'nested'],
  complete: ['completion'],
  aggregate: SINGLE,
  count: [...SINGLE, ...RANGES, ...PLACES],
  number: [...NUMBERS, ...NUMBER_RANGES],
  metric: [...NUMBERS, 'date', 'boolean'],
  date: ['date', 'date_range'],
};

describe('what a query needs of a field', () => {
  it.each(Object.keys(FIELD_USES) as FieldUse[])('%s accepts its types and no other', (use) => {
    expect(FIELD_TYPES.filter(FIELD_USES[use].accepts).sort()).toEqual([...ACCEPTED[use]].sort());
  });

  it('may be inside a nested field for an order, a mark and what is shown', () => {
    const anywhere = Object.entries(FIELD_USES).filter(([, rule]) => rule.anywhere);
    expect(anywhere.map(([use]) => use)).toEqual(['sort', 'highlight', 'source']);
  });

  it.each(Object.entries(FIELD_USES).filter(([use]) => !['exists', 'source'].includes(use)))(
    '%s leads on from a field that is none',
    (_use, { phrase, remedy }) => {
      expect(phrase).toMatch(/^(use|match|sort|collapse|highlight|aggregate)/);
      expect(remedy.length).toBeGreaterThan(10);
    },
  );
});
