import fc from 'fast-check';
import type { FieldMapping } from '../contracts/index-body.js';
import { SearchQueryError } from '../errors/query.errors.js';
import type { FieldModel } from '../metadata/index-model.js';
import { compileContext } from './clauses/compile-context.js';
import { FieldCatalog } from './field-catalog.js';
import { compileSort, type SortNode, type SortOptions } from './sort.js';

const PROPERTIES: Readonly<Record<string, FieldMapping>> = {
  price: { type: 'scaled_float', scaling_factor: 100 },
  weight: { type: 'double' },
  path: { type: 'wildcard' },
  stops: { type: 'nested', properties: { at: { type: 'geo_point' }, fee: { type: 'scaled_float' } } },
  home: { type: 'geo_point' },
};

function fieldsOf(properties: Readonly<Record<string, FieldMapping>>): FieldModel[] {
  return Object.entries(properties).map(([name, mapping]) =>
    mapping.properties
      ? { kind: 'object', name, options: {}, relation: undefined, fields: fieldsOf(mapping.properties) }
      : { kind: 'value', name, options: {}, facts: undefined, computed: false },
  );
}

const context = compileContext(
  new FieldCatalog({
    alias: 'trips',
    body: { mappings: { properties: PROPERTIES } },
    model: { fields: fieldsOf(PROPERTIES), options: {} },
  } as never),
);
const by = (field: string, direction: 'asc' | 'desc', options: SortOptions = {}): SortNode => ({
  by: 'field',
  field,
  direction,
  options,
});
const continued = (node: SortNode) => compileSort(node, context, true);

interface ScaledSort {
  readonly _script: {
    readonly type: string;
    readonly order: string;
    readonly script: { readonly source: string; readonly params: { f: string; absent: number; least: boolean } };
  };
}

describe('an order that a later request continues', () => {
  const direction = fc.constantFrom('asc', 'desc');

  it('compares a scaled_float as its numbers, of several the least upwards and the greatest downwards', () => {
    fc.assert(
      fc.property(direction, fc.constantFrom(undefined, 'min', 'max'), (order, mode) => {
        const { _script } = continued(by('price', order, { ...(mode && { mode }) })) as unknown as ScaledSort;
        expect(_script).toMatchObject({ type: 'number', order });
        expect(_script.script.source).toContain('v[params.least ? 0 : v.size() - 1]');
        expect(_script.script.params).toMatchObject({
          f: 'price',
          least: mode ? mode === 'min' : order === 'asc',
        });
      }),
    );
  });

  it('has a document without a number where it was asked to be, whatever the others hold', () => {
    fc.assert(
      fc.property(
        direction,
        fc.constantFrom(undefined, '_first', '_last'),
        fc.double({ min: -1e12, max: 1e12, noNaN: true }),
        (order, missing, other) => {
          const { _script } = continued(by('price', order, { ...(missing && { missing }) })) as unknown as ScaledSort;
          const comesFirst =
            order === 'asc' ? _script.script.params.absent < other : _script.script.params.absent > other;
          expect(comesFirst).toBe(missing === '_first');
        },
      ),
    );
    expect(continued(by('price', 'asc', { missing: '7.5' }))).toMatchObject({
      _script: { script: { params: { absent: 7.5 } } },
    });
  });

  it.each<[string, SortNode]>([
    ['by the mean of several', by('price', 'asc', { mode: 'avg' })],
    ['by the sum of several', by('price', 'desc', { mode: 'sum' })],
    ['of nested elements', by('stops.fee', 'asc')],
  ])('is none by a scaled_float %s', (_, node) => {
    expect(() => continued(node)).toThrow(SearchQueryError);
    expect(() => continued(node)).toThrow('is scaled_float: a stream or cursor sorts by its least or greatest value');
    expect(compileSort(node, context)).not.toHaveProperty('_script');
  });

  it('is none by a wildcard, which the engine sorts by and accepts no value of', () => {
    expect(() => continued(by('path', 'asc'))).toThrow(
      "`path` is wildcard: no stream or cursor goes on in its order; give it fields: { raw: { type: 'keyword' } } and sort by `path.raw`",
    );
    expect(compileSort(by('path', 'asc'), context)).toEqual({ path: { order: 'asc' } });
  });

  it('is the same as of one request for any other field', () => {
    for (const node of [by('weight', 'desc', { mode: 'avg' }), by('_score', 'asc'), by('_doc', 'desc')])
      expect(continued(node)).toEqual(compileSort(node, context));
  });
});

describe('an order by distance', () => {
  const from = [{ lat: 1, lon: 2 }];

  it('names the nested field of the places, where they are in one', () => {
    expect(compileSort({ by: 'distance', field: 'stops.at', from, options: { unit: 'km' } }, context)).toEqual({
      _geo_distance: { 'stops.at': from, order: 'asc', unit: 'km', nested: { path: 'stops' } },
    });
    expect(compileSort({ by: 'distance', field: 'home', from, options: { direction: 'desc' } }, context)).toEqual({
      _geo_distance: { home: from, order: 'desc' },
    });
  });
});
