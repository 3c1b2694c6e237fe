import type { FieldType } from '../contracts/index-body.js';
import type { FieldParameters } from '../metadata/options.js';

type Parameter = keyof FieldParameters;

/** Name on the wire of each parameter. */
export const WIRE_NAMES: Readonly<Record<Parameter, string>> = {
  analyzer: 'analyzer',
  searchAnalyzer: 'search_analyzer',
  normalizer: 'normalizer',
  format: 'format',
  ignoreAbove: 'ignore_above',
  nullValue: 'null_value',
  similarity: 'similarity',
  scalingFactor: 'scaling_factor',
  index: 'index',
  docValues: 'doc_values',
  store: 'store',
  norms: 'norms',
  dimension: 'dimension',
  method: 'method',
  relations: 'relations',
};

const NUMBER: readonly Parameter[] = ['nullValue', 'index', 'docValues', 'store'];

/** Which parameters a type takes (OpenSearch refuses the others when the index is created). */
export const PARAMETERS: Readonly<Record<FieldType, readonly Parameter[]>> = {
  text: ['analyzer', 'searchAnalyzer', 'similarity', 'index', 'store', 'norms'],
  search_as_you_type: ['analyzer', 'searchAnalyzer', 'similarity', 'index', 'store', 'norms'],
  completion: ['analyzer', 'searchAnalyzer'],
  keyword: ['normalizer', 'ignoreAbove', 'nullValue', 'similarity', 'index', 'docValues', 'store', 'norms'],
  integer: NUMBER,
  long: NUMBER,
  short: NUMBER,
  byte: NUMBER,
  float: NUMBER,
  double: NUMBER,
  half_float: NUMBER,
  scaled_float: [...NUMBER, 'scalingFactor'],
  boolean: NUMBER,
  date: [...NUMBER, 'format'],
  ip: NUMBER,
  binary: ['docValues', 'store'],
  geo_point: ['nullValue'],
  object: [],
  nested: [],
  flat_object: [],
  knn_vector: ['dimension', 'method'],
  join: ['relations'],
};
