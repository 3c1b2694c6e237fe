import type { FieldType } from '../contracts/index-body.js';
import type { FieldParameters } from './options.js';

type Parameter = keyof FieldParameters;

/** Name on the wire of each parameter. */
export const WIRE_NAMES: Readonly<Record<Parameter, string>> = {
  analyzer: 'analyzer',
  searchAnalyzer: 'search_analyzer',
  searchQuoteAnalyzer: 'search_quote_analyzer',
  normalizer: 'normalizer',
  format: 'format',
  locale: 'locale',
  ignoreAbove: 'ignore_above',
  nullValue: 'null_value',
  similarity: 'similarity',
  scalingFactor: 'scaling_factor',
  index: 'index',
  docValues: 'doc_values',
  store: 'store',
  norms: 'norms',
  coerce: 'coerce',
  ignoreMalformed: 'ignore_malformed',
  indexOptions: 'index_options',
  termVector: 'term_vector',
  positionIncrementGap: 'position_increment_gap',
  indexPhrases: 'index_phrases',
  indexPrefixes: 'index_prefixes',
  eagerGlobalOrdinals: 'eager_global_ordinals',
  splitQueriesOnWhitespace: 'split_queries_on_whitespace',
  maxShingleSize: 'max_shingle_size',
  maxInputLength: 'max_input_length',
  preserveSeparators: 'preserve_separators',
  preservePositionIncrements: 'preserve_position_increments',
  contexts: 'contexts',
  ignoreZValue: 'ignore_z_value',
  enabled: 'enabled',
  dimension: 'dimension',
  method: 'method',
  relations: 'relations',
};

const STORED = ['index', 'docValues', 'store'] as const;
const NUMBER = [...STORED, 'nullValue', 'coerce', 'ignoreMalformed'] as const;
const RANGE = [...STORED, 'coerce'] as const;
const TEXT = [
  'analyzer',
  'searchAnalyzer',
  'searchQuoteAnalyzer',
  'similarity',
  'index',
  'store',
  'norms',
  'indexOptions',
  'termVector',
] as const;

/** Which parameters a type accepts (OpenSearch refuses the others when the index is created). */
export const PARAMETERS = {
  text: [...TEXT, 'positionIncrementGap', 'indexPhrases', 'indexPrefixes', 'eagerGlobalOrdinals'],
  search_as_you_type: [...TEXT, 'maxShingleSize'],
  completion: [
    'analyzer',
    'searchAnalyzer',
    'maxInputLength',
    'preserveSeparators',
    'preservePositionIncrements',
    'contexts',
  ],
  token_count: [...STORED, 'analyzer', 'nullValue'],
  keyword: [
    ...STORED,
    'normalizer',
    'ignoreAbove',
    'nullValue',
    'similarity',
    'norms',
    'eagerGlobalOrdinals',
    'splitQueriesOnWhitespace',
  ],
  wildcard: ['normalizer', 'ignoreAbove', 'nullValue', 'docValues'],
  integer: NUMBER,
  long: NUMBER,
  short: NUMBER,
  byte: NUMBER,
  float: NUMBER,
  double: NUMBER,
  half_float: NUMBER,
  scaled_float: [...NUMBER, 'scalingFactor'],
  boolean: [...STORED, 'nullValue'],
  date: [...STORED, 'nullValue', 'format', 'locale', 'ignoreMalformed'],
  ip: [...STORED, 'nullValue', 'ignoreMalformed'],
  binary: ['docValues', 'store'],
  geo_point: ['nullValue', 'ignoreMalformed', 'ignoreZValue'],
  geo_shape: ['coerce', 'ignoreMalformed', 'ignoreZValue'],
  integer_range: RANGE,
  long_range: RANGE,
  float_range: RANGE,
  double_range: RANGE,
  date_range: [...RANGE, 'format', 'locale'],
  ip_range: RANGE,
  object: ['enabled'],
  nested: [],
  flat_object: [],
  knn_vector: ['dimension', 'method'],
  join: ['relations'],
} as const satisfies Readonly<Record<FieldType, readonly Parameter[]>>;

/** Parameters without which OpenSearch refuses the type. */
export const REQUIRED: Partial<Readonly<Record<FieldType, Parameter>>> = {
  scaled_float: 'scalingFactor',
  token_count: 'analyzer',
  knn_vector: 'dimension',
  join: 'relations',
};

export type ParameterOf<T extends FieldType> = (typeof PARAMETERS)[T][number];
