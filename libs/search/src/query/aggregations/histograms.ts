import { unusable } from '../unusable.js';
import type { NumberValue } from './metrics.js';
import type { FieldPath } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wholeNumber, wireOptions, wireValue, type Wire } from '../wire-value.js';
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
import { wireOrder, type BucketOrder } from './terms.js';

export interface Bounds<V> {
  readonly min: V;
  readonly max: V;
}

export interface Common<V> {
  /** 0 shows empty buckets between full ones, and is the engine's default. */
  readonly minCount?: number;
  readonly order?: BucketOrder;
  /** Shows empty buckets up to here too. */
  readonly extendedBounds?: Bounds<V>;
  /** Shows no buckets beyond. */
  readonly hardBounds?: Bounds<V>;
  /** Documents without a value count as this one. */
  readonly missing?: V;
}

export interface PlainHistogramOptions extends Common<number> {
  /** Width of a bucket; its key is its lower end. */
  readonly interval: number;
  readonly offset?: number;
}

export type DateStep =
  | Readonly<{
      calendarInterval: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';
      fixedInterval?: never;
    }>
  /** Such as `30m`, `12h`, `10d`. */
  | Readonly<{ fixedInterval: string; calendarInterval?: never }>;

export type PlainDateHistogramOptions = DateStep &
  Readonly<{ timeZone?: string; offset?: string }> &
  Common<Date | string>;

export interface PlainAutoDateHistogramOptions {
  /** Buckets at most; 10 when absent. */
  readonly buckets?: number;
  /** `year` is left out: OpenSearch 2.19 and 3.8 answer it with an error 500. */
  readonly minimumInterval?: 'month' | 'day' | 'hour' | 'minute' | 'second';
  readonly timeZone?: string;
}

export type HistogramOptions<T, A extends Aggregations> = PlainHistogramOptions & WithSub<T, A>;
export type DateHistogramOptions<T, A extends Aggregations> = PlainDateHistogramOptions & WithSub<T, A>;
export type AutoDateHistogramOptions<T, A extends Aggregations> = PlainAutoDateHistogramOptions & WithSub<T, A>;

export type HistogramResult<Key, A> = BucketsResult<Key, A>;

export interface AutoDateHistogramResult<A> extends BucketsResult<Date, A> {
  /** The step that was chosen, such as `10y`. */
  readonly interval: string;
}

export type HistogramNode =
  | Readonly<{ kind: 'histogram'; field: string; options: PlainHistogramOptions; sub: SubNodes }>
  | Readonly<{ kind: 'dateHistogram'; field: string; options: PlainDateHistogramOptions; sub: SubNodes }>
  | Readonly<{ kind: 'autoDateHistogram'; field: string; options: PlainAutoDateHistogramOptions; sub: SubNodes }>;

export interface HistogramAggregations<T> {
  /** One bucket per step of numbers: `histogram('year', { interval: 10 })` gives decades. */
  histogram<P extends string, const A extends Aggregations = NoAggregations>(
    field: FieldPath<T, P, NumberValue>,
    options: HistogramOptions<T, A>,
  ): Aggregation<HistogramResult<number, A>>;
  /** One bucket per step of time; keys are the begin of each. */
  dateHistogram<P extends string, const A extends Aggregations = NoAggregations>(
    field: FieldPath<T, P, Date>,
    options: DateHistogramOptions<T, A>,
  ): Aggregation<HistogramResult<Date, A>>;
  /** A step of time is chosen that gives no more buckets than requested. */
  autoDateHistogram<P extends string, const A extends Aggregations = NoAggregations>(
    field: FieldPath<T, P, Date>,
    options?: AutoDateHistogramOptions<T, A>,
  ): Aggregation<AutoDateHistogramResult<A>>;
}

export const histograms = (whole: WholeBuilder) => ({
  histogram: (field: string, { aggs, ...options }: PlainHistogramOptions & AnySub): HistogramNode =>
    frozenCopy({ kind: 'histogram', field, options, sub: subNodes(aggs, whole) }),
  dateHistogram: (field: string, { aggs, ...options }: PlainDateHistogramOptions & AnySub): HistogramNode =>
    frozenCopy({ kind: 'dateHistogram', field, options: options, sub: subNodes(aggs, whole) }),
  autoDateHistogram: (
    field: string,
    { aggs, ...options }: PlainAutoDateHistogramOptions & AnySub = {},
  ): HistogramNode => frozenCopy({ kind: 'autoDateHistogram', field, options, sub: subNodes(aggs, whole) }),
});

export const histogramFamily: AggregationFamily<HistogramNode> = {
  histogram: {
    compile: ({ field, options: { interval, offset, ...common }, sub }, context) => ({
      histogram: {
        field: context.field(field, 'number'),
        interval: wireInterval(interval, field),
        ...wireOptions({ offset }),
        ...wireCommon(common, sub, field),
      },
      ...compileSub(sub, context),
    }),
    decode: ({ sub }, wire, context) => ({ buckets: decodeBuckets(sub, wire, context, ({ key }) => key) }),
  },
  dateHistogram: {
    compile: ({ field, options: { calendarInterval, fixedInterval, timeZone, offset, ...common }, sub }, context) => ({
      date_histogram: {
        field: context.field(field, 'date'),
        ...wireStep({ calendarInterval, fixedInterval } as DateStep, field),
        ...wireOptions({ timeZone, offset }),
        ...wireCommon(common, sub, field),
      },
      ...compileSub(sub, context),
    }),
    decode: ({ sub }, wire, context) => ({
      buckets: decodeBuckets(sub, wire, context, ({ key }) => new Date(key as number)),
    }),
  },
  autoDateHistogram: {
    compile: ({ field, options: { buckets = 10, ...options }, sub }, context) => ({
      auto_date_histogram: {
        field: context.field(field, 'date'),
        buckets: wholeNumber(buckets, 1, 'buckets'),
        ...wireOptions(options),
      },
      ...compileSub(sub, context),
    }),
    decode: ({ sub }, wire, context) => ({
      buckets: decodeBuckets(sub, wire, context, ({ key }) => new Date(key as number)),
      interval: wire['interval'],
    }),
  },
};

export function wireInterval(interval: number, field: string): number {
  if (Number.isFinite(interval) && interval > 0) return interval;
  throw unusable(field, `histogram on \`${field}\` needs an interval above 0`, interval);
}

const FIXED = /^\d+(ms|s|m|h|d)$/;

export function wireStep({ calendarInterval, fixedInterval }: DateStep, field: string): Wire {
  if (calendarInterval !== undefined) return { calendar_interval: calendarInterval };
  if (typeof fixedInterval === 'string' && FIXED.test(fixedInterval)) return { fixed_interval: fixedInterval };
  throw unusable(
    field,
    `a dateHistogram on \`${field}\` needs a calendarInterval, or a fixedInterval such as '12h'`,
    fixedInterval,
  );
}

function wireCommon(
  { minCount, order, extendedBounds, hardBounds, missing }: Common<number | Date | string>,
  sub: SubNodes,
  field: string,
): Wire {
  const bounds = (given: Bounds<unknown> | undefined): Wire | undefined =>
    given && { min: wireValue(given.min, field), max: wireValue(given.max, field) };
  return wireOptions({
    minDocCount: minCount,
    order: order && wireOrder(order, sub, field),
    extendedBounds: bounds(extendedBounds),
    hardBounds: bounds(hardBounds),
    missing: missing === undefined ? undefined : wireValue(missing, field),
  });
}
