import { SearchQueryError } from '../../errors/query.errors.js';
import { unusable } from '../unusable.js';
import type { NumberValue } from './metrics.js';
import type { FieldPath } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wirePoint, type DistanceUnit, type GeoPoint, type GeoValue } from '../geo-point.js';
import { wireOptions, wireValue, type Wire } from '../wire-value.js';
import type { Aggregation, AggregationDecodeContext, AggregationFamily, Aggregations } from './aggregation.js';
import {
  compileSub,
  decodeBuckets,
  subNodes,
  type AnySub,
  type Bucket,
  type NoAggregations,
  type SubNodes,
  type WholeBuilder,
  type WithSub,
} from './buckets.js';

/** From `from` on, and below `to`; without one of them it is open. */
export type RangeOf<V> = Readonly<{ from: V; to?: V; key?: string } | { to: V; from?: V; key?: string }>;

export interface RangesResult<V, A> {
  readonly buckets: readonly (Bucket<string, A> & { readonly from: V | undefined; readonly to: V | undefined })[];
}

export interface PlainDateRangeOptions {
  readonly format?: string;
  readonly timeZone?: string;
  readonly missing?: string;
}

export interface PlainGeoDistanceOptions {
  /** Of the ranges; `m` when absent. */
  readonly unit?: DistanceUnit;
  readonly distanceType?: 'arc' | 'plane';
}

export type RangeNode =
  | Readonly<{ kind: 'range'; field: string; ranges: readonly RangeOf<number>[]; options: object; sub: SubNodes }>
  | Readonly<{
      kind: 'dateRange';
      field: string;
      ranges: readonly RangeOf<Date | string>[];
      options: PlainDateRangeOptions;
      sub: SubNodes;
    }>
  | Readonly<{
      kind: 'geoDistance';
      field: string;
      origin: GeoPoint;
      ranges: readonly RangeOf<number>[];
      options: PlainGeoDistanceOptions;
      sub: SubNodes;
    }>;

export interface RangeAggregations<T> {
  range<P extends string, const A extends Aggregations = NoAggregations>(
    field: FieldPath<T, P, NumberValue>,
    ranges: readonly RangeOf<number>[],
    options?: WithSub<T, A>,
  ): Aggregation<RangesResult<number, A>>;
  /** Bounds may be date maths: `now-1y/y`. */
  dateRange<P extends string, const A extends Aggregations = NoAggregations>(
    field: FieldPath<T, P, Date>,
    ranges: readonly RangeOf<Date | string>[],
    options?: PlainDateRangeOptions & WithSub<T, A>,
  ): Aggregation<RangesResult<Date, A>>;
  /** Rings around a point. */
  geoDistance<P extends string, const A extends Aggregations = NoAggregations>(
    field: FieldPath<T, P, GeoValue>,
    origin: GeoPoint,
    ranges: readonly RangeOf<number>[],
    options?: PlainGeoDistanceOptions & WithSub<T, A>,
  ): Aggregation<RangesResult<number, A>>;
}

export const ranges = (whole: WholeBuilder) => ({
  range: (field: string, given: readonly RangeOf<number>[], { aggs, ...options }: AnySub = {}): RangeNode =>
    frozenCopy({ kind: 'range', field, ranges: given, options, sub: subNodes(aggs, whole) }),
  dateRange: (
    field: string,
    given: readonly RangeOf<Date | string>[],
    { aggs, ...options }: PlainDateRangeOptions & AnySub = {},
  ): RangeNode => frozenCopy({ kind: 'dateRange', field, ranges: given, options, sub: subNodes(aggs, whole) }),
  geoDistance: (
    field: string,
    origin: GeoPoint,
    given: readonly RangeOf<number>[],
    { aggs, ...options }: PlainGeoDistanceOptions & AnySub = {},
  ): RangeNode =>
    frozenCopy({ kind: 'geoDistance', field, origin, ranges: given, options, sub: subNodes(aggs, whole) }),
});

const asNumber = (bound: unknown): unknown => bound;
const asDate = (bound: unknown): unknown => (bound === undefined ? undefined : new Date(bound as number));

export const rangeFamily: AggregationFamily<RangeNode> = {
  range: {
    compile: ({ field, ranges: given, sub }, context) => ({
      range: { field: context.field(field, 'metric'), ranges: wireRanges(given, field, 'range') },
      ...compileSub(sub, context),
    }),
    decode: ({ sub }, wire, context) => decodeRanges(sub, wire, context, asNumber),
  },
  dateRange: {
    compile: ({ field, ranges: given, options, sub }, context) => ({
      date_range: {
        field: context.field(field, 'date'),
        ranges: wireRanges(given, field, 'dateRange'),
        ...wireOptions(options),
      },
      ...compileSub(sub, context),
    }),
    decode: ({ sub }, wire, context) => decodeRanges(sub, wire, context, asDate),
  },
  geoDistance: {
    compile: ({ field, origin, ranges: given, options, sub }, context) => ({
      geo_distance: {
        field: context.field(field, 'point'),
        origin: wirePoint(origin, field),
        ranges: wireRanges(given, field, 'geoDistance'),
        ...wireOptions(options),
      },
      ...compileSub(sub, context),
    }),
    decode: ({ sub }, wire, context) => decodeRanges(sub, wire, context, asNumber),
  },
};

function wireRanges(given: readonly RangeOf<unknown>[], field: string, aggregation: string): readonly Wire[] {
  if (given.length === 0)
    throw new SearchQueryError(field, `${aggregation} on \`${field}\` needs at least one range (got none)`, given);
  return given.map((range) => {
    const { from, to, key } = range;
    if (from === undefined && to === undefined)
      throw unusable(field, `a range of \`${field}\` needs from or to`, range);
    return {
      ...(key === undefined ? {} : { key }),
      ...(from === undefined ? {} : { from: wireValue(from, field) }),
      ...(to === undefined ? {} : { to: wireValue(to, field) }),
    };
  });
}

function decodeRanges(
  sub: SubNodes,
  wire: Wire,
  context: AggregationDecodeContext,
  bound: (value: unknown) => unknown,
): unknown {
  const more = ({ from, to }: Wire): Wire => ({ from: bound(from), to: bound(to) });
  return { buckets: decodeBuckets(sub, wire, context, ({ key }) => key, more) };
}
