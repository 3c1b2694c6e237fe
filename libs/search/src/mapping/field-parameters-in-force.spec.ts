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
    ['a version that is named', { type: 'wildcard', doc_values: true }, { type: 'wildcard', doc_values: false }],
  ])('differ for %s', (_name, one, other) => {
    expect(same(one, other)).toBe(false);
  });
});
