import { ArrayType } from '@mikro-orm/core';
import type { SearchFieldOptions } from '@rookery/search';
import { mapType, MaskedType, Price, PriceType, setType, Weight, WeightType } from './custom-types.js';

/** Where a property is declared. */
export const PLACES = ['plain', 'included', 'embedded', 'in JSON', 'in a list'] as const;
export type Place = (typeof PLACES)[number];

/** A kind of property, and what the index has to hold of it: written by hand, whatever the library does. */
export interface Kind {
  readonly property: () => object;
  readonly value: unknown;
  readonly options?: SearchFieldOptions;
  /** Type of the field in the mapping. */
  readonly type: string;
  readonly source: unknown;
  /** Finds the document by this field, whose path replaces `$`. */
  readonly found?: object;
}

const term = (value: unknown): object => ({ term: { $: value } });
const native = { items: ['low', 'high'], nativeEnumName: 'level' };

export const KINDS: Readonly<Record<string, Kind>> = {
  string: {
    property: () => ({ type: 'string' }),
    value: 'The rook',
    type: 'text',
    source: 'The rook',
    found: { match: { $: 'rook' } },
  },
  uuid: {
    property: () => ({ type: 'uuid' }),
    value: '6f9619ff-8b86-4011-b42d-00cf4fc964ff',
    type: 'keyword',
    source: '6f9619ff-8b86-4011-b42d-00cf4fc964ff',
    found: term('6f9619ff-8b86-4011-b42d-00cf4fc964ff'),
  },
  integer: { property: () => ({ type: 'integer' }), value: 7, type: 'integer', source: 7, found: term(7) },
  bigint: {
    property: () => ({ type: 'bigint' }),
    value: 9007199254740993n,
    type: 'long',
    source: '9007199254740993',
    found: term('9007199254740993'),
  },
  double: { property: () => ({ type: 'double' }), value: 0.5, type: 'double', source: 0.5, found: term(0.5) },
  decimal: {
    property: () => ({ type: 'decimal', precision: 10, scale: 2 }),
    value: '12.50',
    type: 'double',
    source: '12.50',
    found: term(12.5),
  },
  boolean: { property: () => ({ type: 'boolean' }), value: true, type: 'boolean', source: true, found: term(true) },
  datetime: {
    property: () => ({ type: 'datetime', length: 3 }),
    value: new Date(Date.UTC(2020, 0, 2, 3, 4, 5, 6)),
    type: 'date',
    source: '2020-01-02T03:04:05.006Z',
    found: term('2020-01-02T03:04:05.006Z'),
  },
  date: {
    property: () => ({ type: 'date' }),
    value: '1999-12-31',
    type: 'date',
    source: '1999-12-31',
    found: term('1999-12-31'),
  },
  enumeration: {
    property: () => ({ type: 'enum', enum: true, items: ['red', 'blue'] }),
    value: 'red',
    type: 'keyword',
    source: 'red',
    found: term('red'),
  },
  nativeEnum: {
    property: () => ({ type: 'enum', enum: true, ...native }),
    value: 'low',
    type: 'keyword',
    source: 'low',
    found: term('low'),
  },
  enums: {
    property: () => ({ type: 'enum', enum: true, array: true, items: ['red', 'blue'] }),
    value: ['red', 'blue'],
    type: 'keyword',
    source: ['red', 'blue'],
    found: term('blue'),
  },
  nativeEnums: {
    property: () => ({ type: 'enum', enum: true, array: true, ...native }),
    value: ['low', 'high'],
    type: 'keyword',
    source: ['low', 'high'],
    found: term('high'),
  },
  strings: {
    property: () => ({ type: 'array' }),
    options: { type: 'keyword' },
    value: ['a', 'b'],
    type: 'keyword',
    source: ['a', 'b'],
    found: term('b'),
  },
  integers: {
    property: () => ({ type: new ArrayType((text) => Number(text)), columnType: 'int[]' }),
    value: [1, 2],
    type: 'integer',
    source: [1, 2],
    found: term(2),
  },
  instants: {
    property: () => ({ type: 'string[]', columnType: 'timestamptz[]' }),
    value: ['2020-01-02T03:04:05.678Z'],
    type: 'date',
    source: ['2020-01-02T03:04:05.678Z'],
    found: term('2020-01-02T03:04:05.678Z'),
  },
  dates: {
    property: () => ({
      type: new ArrayType(
        (text) => new Date(text),
        (date) => date.toISOString(),
      ),
      columnType: 'timestamptz[]',
    }),
    value: [new Date(0), new Date(1)],
    type: 'date',
    source: ['1970-01-01T00:00:00.000Z', '1970-01-01T00:00:00.001Z'],
    found: term('1970-01-01T00:00:00.001Z'),
  },
  days: {
    property: () => ({ type: 'string[]', columnType: 'date[]' }),
    value: ['2020-01-02'],
    type: 'date',
    source: ['2020-01-02'],
    found: term('2020-01-02'),
  },
  bytes: { property: () => ({ type: 'blob' }), value: Buffer.from('rook'), type: 'binary', source: 'cm9vaw==' },
  interval: {
    property: () => ({ type: 'interval' }),
    value: '1 year 2 mons 3 days 04:05:06.5',
    type: 'keyword',
    source: 'P1Y2M3DT4H5M6.5S',
    found: term('P1Y2M3DT4H5M6.5S'),
  },
  int4range: {
    property: () => ({ type: 'string', columnType: 'int4range' }),
    value: '[1,6)',
    type: 'integer_range',
    source: { gte: '1', lt: '6' },
    found: term(5),
  },
  int8range: {
    property: () => ({ type: 'string', columnType: 'int8range' }),
    value: '[9007199254740993,)',
    type: 'long_range',
    source: { gte: '9007199254740993' },
    found: term('9007199254740994'),
  },
  numrange: {
    property: () => ({ type: 'string', columnType: 'numrange' }),
    value: '(0.5,1.5]',
    type: 'double_range',
    source: { gt: '0.5', lte: '1.5' },
    found: term(1.5),
  },
  daterange: {
    property: () => ({ type: 'string', columnType: 'daterange' }),
    value: '[2020-01-01,2020-02-01)',
    type: 'date_range',
    source: { gte: '2020-01-01', lt: '2020-02-01' },
    found: term('2020-01-31'),
  },
  tstzrange: {
    property: () => ({ type: 'string', columnType: 'tstzrange' }),
    value: '[2020-01-01 12:00:00+02,2020-01-02 00:00:00+00)',
    type: 'date_range',
    source: { gte: '2020-01-01T10:00:00.000Z', lt: '2020-01-02T00:00:00.000Z' },
    found: term('2020-01-01T11:00:00Z'),
  },
  int4multirange: {
    property: () => ({ type: 'string', columnType: 'int4multirange' }),
    value: '{[1,3),[7,9)}',
    type: 'integer_range',
    source: [
      { gte: '1', lt: '3' },
      { gte: '7', lt: '9' },
    ],
    found: term(8),
  },
  json: {
    property: () => ({ type: 'json' }),
    value: { deep: { n: 1 } },
    type: 'object',
    source: { deep: { n: 1 } },
    found: { term: { '$.deep.n': 1 } },
  },
  tuple: {
    property: () => ({ type: 'json' }),
    options: { type: 'keyword' },
    value: ['a', 1],
    type: 'keyword',
    source: ['a', 1],
    found: term('1'),
  },
  set: {
    property: () => ({ type: setType() }),
    options: { type: 'keyword' },
    value: new Set(['a', 'b']),
    type: 'keyword',
    source: ['a', 'b'],
    found: term('b'),
  },
  map: {
    property: () => ({ type: mapType() }),
    options: { type: 'flat_object' },
    value: new Map([['k', 9007199254740993n]]),
    type: 'flat_object',
    source: { k: '9007199254740993' },
    found: { term: { '$.k': '9007199254740993' } },
  },
  price: {
    property: () => ({ type: new PriceType() }),
    options: { type: 'scaled_float', scalingFactor: 100 },
    value: new Price(1250n),
    type: 'scaled_float',
    source: '12.50',
    found: term(12.5),
  },
  weight: {
    property: () => ({ type: new WeightType() }),
    value: new Weight(9007199254740993n),
    type: 'long',
    source: '9007199254740993',
    found: term('9007199254740993'),
  },
  masked: {
    property: () => ({ type: new MaskedType() }),
    options: { type: 'keyword' },
    value: 'secret',
    type: 'keyword',
    source: 'se…',
    found: term('se…'),
  },
  hidden: {
    property: () => ({ type: 'string', hidden: true }),
    options: { type: 'keyword' },
    value: 'named',
    type: 'keyword',
    source: 'named',
    found: term('named'),
  },
  lazy: {
    property: () => ({ type: 'text', lazy: true }),
    options: { type: 'keyword' },
    value: 'later',
    type: 'keyword',
    source: 'later',
    found: term('later'),
  },
  offers: {
    property: () => ({ type: 'json' }),
    options: { type: 'nested', properties: { size: { type: 'keyword' }, price: { type: 'double' } } },
    value: [
      { size: 's', price: 1, secret: 'x' },
      { size: 'm', price: 2 },
    ],
    type: 'nested',
    source: [
      { size: 's', price: 1 },
      { size: 'm', price: 2 },
    ],
    found: {
      nested: { path: '$', query: { bool: { filter: [{ term: { '$.size': 's' } }, { term: { '$.price': 1 } }] } } },
    },
  },
  address: {
    property: () => ({ type: 'json' }),
    options: {
      type: 'object',
      properties: { city: { type: 'keyword' }, at: { type: 'object', properties: { day: { type: 'date' } } } },
    },
    value: { city: 'Paris', at: { day: '2020-01-01', room: 1 }, code: 75 },
    type: 'object',
    source: { city: 'Paris', at: { day: '2020-01-01' } },
    found: { term: { '$.at.day': '2020-01-01' } },
  },
  place: {
    property: () => ({ type: 'json' }),
    options: { type: 'geo_point' },
    value: { lat: 38.9, lon: -77 },
    type: 'geo_point',
    source: { lat: 38.9, lon: -77 },
    found: { geo_distance: { distance: '1km', $: { lat: 38.9, lon: -77 } } },
  },
  point: {
    property: () => ({ type: 'any', columnType: 'point' }),
    options: { type: 'geo_point' },
    value: '(-77,38.9)',
    type: 'geo_point',
    source: { lat: 38.9, lon: -77 },
    found: { geo_distance: { distance: '1km', $: { lat: 38.9, lon: -77 } } },
  },
};
