import { describe, expect, test } from 'tstyche';
import type { SearchFieldOptions } from '@rookery/search';

describe('options of a field', () => {
  test('take the parameters of their type', () => {
    expect<{ type: 'text'; analyzer: string; copyTo: string }>().type.toBeAssignableTo<SearchFieldOptions>();
    expect<{ type: 'keyword'; normalizer: string; ignoreAbove: number }>().type.toBeAssignableTo<SearchFieldOptions>();
    expect<{ type: 'date'; format: string }>().type.toBeAssignableTo<SearchFieldOptions>();
    expect<{ type: 'date_range'; format: string }>().type.toBeAssignableTo<SearchFieldOptions>();
    expect<{ type: 'scaled_float'; scalingFactor: number }>().type.toBeAssignableTo<SearchFieldOptions>();
    expect<{
      type: 'knn_vector';
      dimension: number;
      method: { name: string };
    }>().type.toBeAssignableTo<SearchFieldOptions>();
    expect<{ type: 'completion'; contexts: { name: string }[] }>().type.toBeAssignableTo<SearchFieldOptions>();
    expect<{ type: 'search_as_you_type'; maxShingleSize: 3 }>().type.toBeAssignableTo<SearchFieldOptions>();
    expect<{ type: 'nested'; include: string[] }>().type.toBeAssignableTo<SearchFieldOptions>();
    expect<{ fields: { raw: { type: 'keyword'; ignoreAbove: number } } }>().type.toBeAssignableTo<SearchFieldOptions>();
  });

  test('take any parameter without a type, since it is known at start-up only', () => {
    expect<{ analyzer: string }>().type.toBeAssignableTo<SearchFieldOptions>();
    expect<{ format: string }>().type.toBeAssignableTo<SearchFieldOptions>();
  });

  test('refuse the parameters of other types', () => {
    expect<{ type: 'keyword'; analyzer: string }>().type.not.toBeAssignableTo<SearchFieldOptions>();
    expect<{ type: 'text'; format: string }>().type.not.toBeAssignableTo<SearchFieldOptions>();
    expect<{ type: 'text'; normalizer: string }>().type.not.toBeAssignableTo<SearchFieldOptions>();
    expect<{ type: 'integer'; format: string }>().type.not.toBeAssignableTo<SearchFieldOptions>();
    expect<{ type: 'double'; scalingFactor: number }>().type.not.toBeAssignableTo<SearchFieldOptions>();
    expect<{ type: 'geo_point'; coerce: boolean }>().type.not.toBeAssignableTo<SearchFieldOptions>();
    expect<{ type: 'flat_object'; index: boolean }>().type.not.toBeAssignableTo<SearchFieldOptions>();
    expect<{ type: 'text'; dimension: number }>().type.not.toBeAssignableTo<SearchFieldOptions>();
    expect<{
      fields: { raw: { type: 'keyword'; analyzer: string } };
    }>().type.not.toBeAssignableTo<SearchFieldOptions>();
    expect<{ fields: { raw: { ignoreAbove: number } } }>().type.not.toBeAssignableTo<SearchFieldOptions>();
    expect<{ type: 'nonsense' }>().type.not.toBeAssignableTo<SearchFieldOptions>();
  });
});
