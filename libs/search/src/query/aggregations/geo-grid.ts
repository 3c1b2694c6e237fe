import { unusable } from '../unusable.js';
import type { GeoBox } from '../clauses/geo.js';
import type { FieldPath } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wirePoint, type GeoValue } from '../geo-point.js';
import { wireOptions } from '../wire-value.js';
import type { Aggregation, AggregationFamily, Aggregations } from './aggregation.js';
import {
  compileSub,
  decodeBuckets,
  subNodes,
  type AnySub,
  type BucketsResult,
  type NoAggregations,
  type SubNodes,
  type WholeBuilder,
  type WithSub,
} from './buckets.js';

export interface PlainGridOptions {
  /** Letters of the hash, 1 (5,000 km) to 12 (4 cm); 5 (5 km) when absent. */
  readonly precision?: number;
  /** Cells at most; 10,000 when absent. */
  readonly size?: number;
  /** Counts places inside only. */
  readonly bounds?: GeoBox;
}

export type GeoGridNode = Readonly<{ kind: 'geohashGrid'; field: string; options: PlainGridOptions; sub: SubNodes }>;

export interface GeoGridAggregations<T> {
  /** One bucket per cell of the map; keys are geohashes. */
  geohashGrid<P extends string, const A extends Aggregations = NoAggregations>(
    field: FieldPath<T, P, GeoValue>,
    options?: PlainGridOptions & WithSub<T, A>,
  ): Aggregation<BucketsResult<string, A>>;
}

export const geoGrid = (whole: WholeBuilder) => ({
  geohashGrid: (field: string, { aggs, ...options }: PlainGridOptions & AnySub = {}): GeoGridNode =>
    frozenCopy({ kind: 'geohashGrid', field, options, sub: subNodes(aggs, whole) }),
});

export const geoGridFamily: AggregationFamily<GeoGridNode> = {
  geohashGrid: {
    compile: ({ field, options: { precision = 5, size, bounds }, sub }, context) => {
      if (!(Number.isInteger(precision) && precision >= 1 && precision <= 12))
        throw unusable(field, `geohashGrid on \`${field}\` needs a precision of 1 to 12`, precision);
      const box = bounds && {
        top_left: wirePoint(bounds.topLeft, field),
        bottom_right: wirePoint(bounds.bottomRight, field),
      };
      return {
        geohash_grid: { field: context.field(field, 'geo'), precision, ...wireOptions({ size, bounds: box }) },
        ...compileSub(sub, context),
      };
    },
    decode: ({ sub }, wire, context) => ({ buckets: decodeBuckets(sub, wire, context, ({ key }) => key) }),
  },
};
