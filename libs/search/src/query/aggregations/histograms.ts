import { SearchQueryError } from '../../errors/query.errors.js';
import { shown } from '../../errors/search-error.js';
import type { FieldPath } from '../field-path.js';
import { freezeNode } from '../freeze.js';
import type { Aggregation, AggregationFamily, Aggregations } from './aggregation.js';
import { compileSub, decodeBuckets, subNodes, type Bucket, type SubAggregations, type SubNodes, type WholeBuilder } from './buckets.js';

export interface HistogramOptions<T, A extends Aggregations> {
  /** Width of a bucket; its key is its lower end. */
  readonly interval: number;
  readonly offset?: number;
  /** 0 shows empty buckets between full ones, and is the engine's default. */
  readonly minCount?: number;
  readonly aggs?: SubAggregations<T, A>;
}

export type DateHistogramOptions<T, A extends Aggregations> = (
  | Readonly<{ calendarInterval: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'; fixedInterval?: never }>
  /** Such as `30m`, `12h`, `10d`. */
  | Readonly<{ fixedInterval: string; calendarInterval?: never }>
) &
  Readonly<{ timeZone?: string; minCount?: number; aggs?: SubAggregations<T, A> }>;

export interface HistogramResult<Key, A> {
  readonly buckets: readonly Bucket<Key, A>[];
}

type Plain<O> = Omit<O, 'aggs'>;

export type HistogramNode =
  | Readonly<{ kind: 'histogram'; field: string; options: Plain<HistogramOptions<never, Aggregations>>; sub: SubNodes }>
  | Readonly<{ kind: 'dateHistogram'; field: string; options: Plain<DateHistogramOptions<never, Aggregations>>; sub: SubNodes }>;

export interface HistogramAggregations<T> {
  /** One bucket per step of numbers: `histogram('year', { interval: 10 })` gives decades. */
  histogram<P extends string, const A extends Aggregations = Readonly<Record<never, never>>>(
    field: FieldPath<T, P, number | bigint>,
    options: HistogramOptions<T, A>,
  ): Aggregation<HistogramResult<number, A>>;
  /** One bucket per step of time; keys are the begin of each. */
  dateHistogram<P extends string, const A extends Aggregations = Readonly<Record<never, never>>>(
    field: FieldPath<T, P, Date>,
    options: DateHistogramOptions<T, A>,
  ): Aggregation<HistogramResult<Date, A>>;
}

export const histograms = (whole: WholeBuilder) => ({
  histogram: (field: string, { aggs, ...options }: HistogramOptions<never, Aggregations>): HistogramNode =>
    freezeNode({ kind: 'histogram', field, options, sub: subNodes(aggs, whole) }),
  dateHistogram: (field: string, { aggs, ...options }: DateHistogramOptions<never, Aggregations>): HistogramNode =>
    freezeNode({ kind: 'dateHistogram', field, options, sub: subNodes(aggs, whole) }),
});

export const histogramFamily: AggregationFamily<HistogramNode> = {
  histogram: {
    compile: ({ field, options: { interval, offset, minCount }, sub }, context) => {
      if (!(Number.isFinite(interval) && interval > 0)) {
        throw new SearchQueryError(field, `histogram on \`${field}\` needs an interval above 0 (got ${shown(interval)})`);
      }
      const wire = { interval, ...(offset === undefined ? {} : { offset }), ...minimum(minCount) };
      return { histogram: { field: context.field(field, 'number'), ...wire }, ...compileSub(sub, context) };
    },
    decode: ({ sub }, wire, context) => ({ buckets: decodeBuckets(sub, wire, context, ({ key }) => key) }),
  },
  dateHistogram: {
    compile: ({ field, options, sub }, context) => {
      const { calendarInterval, fixedInterval, timeZone, minCount } = options;
      const step = calendarInterval === undefined ? { fixed_interval: fixedInterval } : { calendar_interval: calendarInterval };
      const wire = { ...step, ...(timeZone === undefined ? {} : { time_zone: timeZone }), ...minimum(minCount) };
      return { date_histogram: { field: context.field(field, 'date'), ...wire }, ...compileSub(sub, context) };
    },
    decode: ({ sub }, wire, context) => ({ buckets: decodeBuckets(sub, wire, context, ({ key }) => new Date(key as number)) }),
  },
};

function minimum(minCount: number | undefined): { min_doc_count?: number } {
  return minCount === undefined ? {} : { min_doc_count: minCount };
}
