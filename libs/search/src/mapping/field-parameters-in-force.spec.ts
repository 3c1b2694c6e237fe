import type { FieldMapping } from '../contracts/index-body.js';
import { parametersInForce } from './field-parameters-in-force.js';

const same = (one: FieldMapping, other: FieldMapping): boolean =>
  JSON.stringify(sorted(parametersInForce(one, other))) === JSON.stringify(sorted(parametersInForce(other, one)));
const sorted = (parameters: Record<string, string>) => Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));

describe('parameters in force', () => {
  it.each<[string, FieldMapping, FieldMapping]>([
    ['a default that is said', { type: 'keyword' }, { type: 'keyword', doc_values: true }],
    [
      'a default that is given back',
      { type: 'search_as_you_type' },
      { type: 'search_as_you_type', doc_values: 'false', max_shingle_size: 3 },
    ],
    [
      'an analyzer that is said again',
      { type: 'text', analyzer: 'english' },
      { type: 'text', analyzer: 'english', search_analyzer: 'english' },
    ],
    ['a list of one', { type: 'text', copy_to: 'all' }, { type: 'text', copy_to: ['all'] }],
    ['an object without its type', {} as FieldMapping, { type: 'object', properties: {} }],
    ['what hangs on the version', { type: 'wildcard' }, { type: 'wildcard', doc_values: false }],
    ['the longest keyword', { type: 'keyword' }, { type: 'keyword', ignore_above: 2_147_483_647 }],
    ['the format of dates', { type: 'date' }, { type: 'date', format: 'strict_date_optional_time||epoch_millis' }],
    ['heights', { type: 'geo_point' }, { type: 'geo_point', ignore_z_value: true }],
    [
      'prefixes',
      { type: 'text', index_prefixes: {} },
      { type: 'text', index_prefixes: { max_chars: 5, min_chars: 2 } },
    ],
    [
      'prefixes from one letter on',
      { type: 'text', index_prefixes: { min_chars: 1 } },
      { type: 'text', index_prefixes: { max_chars: 5, min_chars: 1 } },
    ],
    [
      'a place as text',
      { type: 'geo_point', null_value: '+1.5, -2' },
      { type: 'geo_point', null_value: { lon: -2, lat: 1.5 } },
    ],
    [
      'the only context of a completion',
      { type: 'completion', contexts: { name: 'kind', type: 'category' } },
      { type: 'completion', contexts: [{ type: 'CATEGORY', name: 'kind' }] },
    ],
    ['the analyzer of the index', { type: 'text' }, { type: 'text', analyzer: 'default' }],
    ['that of typed words', { type: 'search_as_you_type' }, { type: 'search_as_you_type', analyzer: 'default' }],
    ['no locale', { type: 'date' }, { type: 'date', locale: 'ROOT' }],
    ['a locale', { type: 'date_range', locale: 'de-DE' }, { type: 'date_range', locale: 'de_DE' }],
    [
      'a place as WKT',
      { type: 'geo_point', null_value: 'POINT (-2 1.5)' },
      { type: 'geo_point', null_value: { lat: 1.5, lon: -2 } },
    ],
    [
      'how precise a context of places is',
      { type: 'completion', contexts: { name: 'at', type: 'geo' } },
      { type: 'completion', contexts: [{ name: 'at', type: 'GEO', precision: 6 }] },
    ],
    ['one child', { type: 'join', relations: { a: 'b' } }, { type: 'join', relations: { a: ['b'] } }],
    [
      'a method of vectors with its defaults',
      { type: 'knn_vector', dimension: 2, method: { name: 'hnsw' } },
      {
        type: 'knn_vector',
        dimension: 2,
        method: { engine: 'nmslib', space_type: 'l2', name: 'hnsw', parameters: {} },
      },
    ],
  ])('are the same for %s', (_name, one, other) => {
    expect(same(one, other)).toBe(true);
  });

  it.each<[string, FieldMapping, FieldMapping]>([
    ['another analyzer', { type: 'text', analyzer: 'english' }, { type: 'text', analyzer: 'french' }],
    [
      'an analyzer of searches',
      { type: 'text', analyzer: 'english' },
      { type: 'text', analyzer: 'english', search_analyzer: 'standard' },
    ],
    ['another type', { type: 'keyword' }, { type: 'wildcard' }],
    ['no values for sorting', { type: 'keyword' }, { type: 'keyword', doc_values: false }],
    [
      'more shingles',
      { type: 'search_as_you_type', max_shingle_size: 3 },
      { type: 'search_as_you_type', max_shingle_size: 4 },
    ],
    ['values for sorting of bytes', { type: 'binary' }, { type: 'binary', doc_values: true }],
    ['shapes that are mended', { type: 'geo_shape' }, { type: 'geo_shape', coerce: true }],
    ['gaps that are named', { type: 'text' }, { type: 'text', position_increment_gap: 100 }],
    ['the standard analyzer that is named', { type: 'text' }, { type: 'text', analyzer: 'standard' }],
    ['another locale', { type: 'date', locale: 'de' }, { type: 'date', locale: 'de-AT' }],
    ['dates of another format', { type: 'date' }, { type: 'date', format: 'yyyy' }],
    [
      'another engine of vectors',
      { type: 'knn_vector', dimension: 2, method: { name: 'hnsw', engine: 'lucene' } },
      { type: 'knn_vector', dimension: 2, method: { name: 'hnsw', engine: 'faiss' } },
    ],
    [
      'other parameters of vectors',
      { type: 'knn_vector', dimension: 2, method: { name: 'hnsw' } },
      { type: 'knn_vector', dimension: 2, method: { name: 'hnsw', parameters: { m: 4 } } },
    ],
    ['another place', { type: 'geo_point', null_value: '1,2' }, { type: 'geo_point', null_value: { lat: 2, lon: 1 } }],
    [
      'another context',
      { type: 'completion', contexts: { name: 'kind', type: 'category' } },
      { type: 'completion', contexts: [{ name: 'kind', type: 'GEO' }] },
    ],
    ['more relations', { type: 'join', relations: { a: 'b' } }, { type: 'join', relations: { a: ['b', 'c'] } }],
    ['a version that is named', { type: 'wildcard', doc_values: true }, { type: 'wildcard', doc_values: false }],
  ])('differ for %s', (_name, one, other) => {
    expect(same(one, other)).toBe(false);
  });

  it.each<[FieldMapping['type'], string, unknown, unknown]>([
    ['integer', 'index', true, false],
    ['integer', 'store', false, true],
    ['integer', 'doc_values', true, false],
    ['integer', 'coerce', true, false],
    ['integer', 'ignore_malformed', false, true],
    ['keyword', 'eager_global_ordinals', false, true],
    ['keyword', 'norms', false, true],
    ['keyword', 'index_options', 'docs', 'freqs'],
    ['keyword', 'split_queries_on_whitespace', false, true],
    ['object', 'enabled', true, false],
    ['text', 'norms', true, false],
    ['text', 'index_options', 'positions', 'offsets'],
    ['text', 'term_vector', 'no', 'yes'],
    ['text', 'index_phrases', false, true],
    ['search_as_you_type', 'norms', true, false],
    ['search_as_you_type', 'index_options', 'positions', 'offsets'],
    ['search_as_you_type', 'term_vector', 'no', 'yes'],
    ['completion', 'analyzer', 'simple', 'standard'],
    ['completion', 'max_input_length', 50, 9],
    ['completion', 'preserve_separators', true, false],
    ['completion', 'preserve_position_increments', true, false],
    ['join', 'eager_global_ordinals', true, false],
    ['date_range', 'format', 'strict_date_optional_time||epoch_millis', 'yyyy'],
    ['geo_shape', 'ignore_z_value', true, false],
    ['geo_shape', 'coerce', false, true],
  ])('of %s have %s %j where it is left out, and not %j', (type, name, byDefault, other) => {
    const bare = { type } as FieldMapping;
    expect(parametersInForce({ ...bare, [name]: byDefault }, bare)).toEqual({ type });
    expect(parametersInForce({ ...bare, [name]: other }, bare)).toEqual({ type, [name]: String(other) });
  });

  it.each<[string, FieldMapping, object]>([
    [
      'each analyzer that is not the one before it',
      { type: 'text', analyzer: 'simple', search_analyzer: 'english', search_quote_analyzer: 'stop' },
      { analyzer: 'simple', search_analyzer: 'english', search_quote_analyzer: 'stop' },
    ],
    [
      'one for quotes that is that of searches',
      { type: 'text', analyzer: 'simple', search_analyzer: 'english', search_quote_analyzer: 'english' },
      { analyzer: 'simple', search_analyzer: 'english' },
    ],
    ['no sub-fields', { type: 'text', fields: { raw: { type: 'keyword' } } }, {}],
    ['nothing that is undefined', { type: 'integer', null_value: undefined } as unknown as FieldMapping, {}],
    [
      'prefixes as a whole',
      { type: 'text', index_prefixes: { max_chars: 4 } },
      { index_prefixes: '{"max_chars":4,"min_chars":2}' },
    ],
    ['a value of no place as it is', { type: 'keyword', null_value: '1,2' }, { null_value: '1,2' }],
    [
      'a context of categories without a precision',
      { type: 'completion', contexts: [{ name: 'kind', type: 'category' }] },
      { contexts: '[{"name":"kind","type":"category"}]' },
    ],
  ])('have %s', (_name, mapping, inForce) => {
    const { type = 'object' } = mapping;
    expect(parametersInForce(mapping, { type })).toEqual({ type, ...inForce });
  });
});
