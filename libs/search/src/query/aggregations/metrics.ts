import type { Exact } from '../clauses/term-level.js';
import type { FieldPath, ValueAt } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wireScript, type Script } from '../script.js';
import { wireOptions, type Wire } from '../wire-value.js';
import type {
  Aggregation,
  AggregationCompileContext,
  AggregationDecodeContext,
  AggregationFamily,
} from './aggregation.js';

export interface MetricOptions {
  /** Documents without a value count as this one. */
  readonly missing?: number | string;
}

export interface CardinalityOptions extends MetricOptions {
  /** Up to here the count is all but exact; 3,000 when absent, 40,000 at most. */
  readonly precisionThreshold?: number;
}

export interface ExtendedStatsOptions extends MetricOptions {
  /** Standard deviations from the average that `stdDeviationBounds` are at; 2 when absent. */
  readonly sigma?: number;
}

export interface WeightedOptions {
  readonly missing?: number;
  readonly missingWeight?: number;
}

export interface ScriptedMetricOptions {
  readonly init?: Script;
  readonly map: Script;
  readonly combine: Script;
  readonly reduce: Script;
  readonly params?: Wire;
}

/** `null` when no document has a value. */
export interface ValueResult<V = number> {
  readonly value: V | null;
}

export interface CountResult {
  readonly value: number;
}

/** Dates are milliseconds here. All but `count` and `sum` are `null` when no document has a value. */
export interface StatsResult {
  readonly count: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly avg: number | null;
  readonly sum: number;
}

export interface ExtendedStatsResult extends StatsResult {
  readonly sumOfSquares: number | null;
  readonly variance: number | null;
  readonly stdDeviation: number | null;
  readonly stdDeviationBounds: Readonly<{ upper: number | null; lower: number | null }>;
}

export type FieldMetric<Kind, Options> = Readonly<{ kind: Kind; field: string; options: Options }>;

export type MetricNode =
  | { [Kind in 'avg' | 'min' | 'max' | 'sum' | 'valueCount' | 'stats']: FieldMetric<Kind, MetricOptions> }[
      'avg' | 'min' | 'max' | 'sum' | 'valueCount' | 'stats']
  | FieldMetric<'cardinality', CardinalityOptions>
  | FieldMetric<'extendedStats', ExtendedStatsOptions>
  | Readonly<{ kind: 'weightedAvg'; value: string; weight: string; options: WeightedOptions }>
  | Readonly<{ kind: 'scriptedMetric'; options: ScriptedMetricOptions }>;

/** What a number is in an entity: a string where the ORM gives a decimal or a bigint as one; the mapping judges it. */
export type NumberValue = number | bigint | string;
export type MetricValue = NumberValue | Date | boolean;
export type Instant<V> = V extends Date ? Date : number;

export interface MetricAggregations<T> {
  avg<P extends string>(
    field: FieldPath<T, P, MetricValue>,
    options?: MetricOptions,
  ): Aggregation<ValueResult<Instant<ValueAt<T, P>>>>;
  min<P extends string>(
    field: FieldPath<T, P, MetricValue>,
    options?: MetricOptions,
  ): Aggregation<ValueResult<Instant<ValueAt<T, P>>>>;
  max<P extends string>(
    field: FieldPath<T, P, MetricValue>,
    options?: MetricOptions,
  ): Aggregation<ValueResult<Instant<ValueAt<T, P>>>>;
  sum<P extends string>(field: FieldPath<T, P, NumberValue>, options?: MetricOptions): Aggregation<CountResult>;
  stats<P extends string>(field: FieldPath<T, P, MetricValue>, options?: MetricOptions): Aggregation<StatsResult>;
  extendedStats<P extends string>(
    field: FieldPath<T, P, MetricValue>,
    options?: ExtendedStatsOptions,
  ): Aggregation<ExtendedStatsResult>;
  /** How many different values there are, about. */
  cardinality<P extends string>(field: FieldPath<T, P, Exact>, options?: CardinalityOptions): Aggregation<CountResult>;
  /** How many values there are, the same ones too. */
  valueCount<P extends string>(field: FieldPath<T, P, Exact>, options?: MetricOptions): Aggregation<CountResult>;
  weightedAvg<V extends string, W extends string>(
    value: FieldPath<T, V, NumberValue>,
    weight: FieldPath<T, W, NumberValue>,
    options?: WeightedOptions,
  ): Aggregation<ValueResult>;
  /** `init`, `map` and `combine` run per shard over `state`, `reduce` over `states`. */
  scriptedMetric<R = unknown>(options: ScriptedMetricOptions): Aggregation<Readonly<{ value: R }>>;
}

const fieldMetric =
  (kind: string) =>
  (field: string, options: object = {}) =>
    frozenCopy({ kind, field, options });

export const metrics = {
  avg: fieldMetric('avg'),
  min: fieldMetric('min'),
  max: fieldMetric('max'),
  sum: fieldMetric('sum'),
  stats: fieldMetric('stats'),
  extendedStats: fieldMetric('extendedStats'),
  cardinality: fieldMetric('cardinality'),
  valueCount: fieldMetric('valueCount'),
  weightedAvg: (value: string, weight: string, options: WeightedOptions = {}): MetricNode =>
    frozenCopy({ kind: 'weightedAvg', value, weight, options }),
  scriptedMetric: (options: ScriptedMetricOptions): MetricNode => frozenCopy({ kind: 'scriptedMetric', options }),
};

interface One {
  compile(node: FieldMetric<string, object>, context: AggregationCompileContext): Wire;
  decode(node: FieldMetric<string, object>, wire: Wire, context: AggregationDecodeContext): unknown;
}

function single(wireName: string, use: 'metric' | 'count', decode: One['decode']): One {
  return {
    compile: ({ field, options }, context) => ({
      [wireName]: { field: context.field(field, use), ...wireOptions(options) },
    }),
    decode,
  };
}

const count: One['decode'] = (_node, { value }) => ({ value });
const instant: One['decode'] = ({ field }, { value }, context) => ({
  value: value !== null && context.typeOf(field)?.type === 'date' ? new Date(value as number) : value,
});
const stats = ({ count: found, min, max, avg, sum }: Wire): Wire => ({ count: found, min, max, avg, sum });
const extended: One['decode'] = (_node, wire) => {
  const { upper, lower } = wire['std_deviation_bounds'] as { upper: unknown; lower: unknown };
  return {
    ...stats(wire),
    sumOfSquares: wire['sum_of_squares'],
    variance: wire['variance'],
    stdDeviation: wire['std_deviation'],
    stdDeviationBounds: { upper, lower },
  };
};

export const metricFamily: AggregationFamily<MetricNode> = {
  avg: single('avg', 'metric', instant),
  min: single('min', 'metric', instant),
  max: single('max', 'metric', instant),
  sum: single('sum', 'metric', count),
  stats: single('stats', 'metric', (_node, wire) => stats(wire)),
  extendedStats: single('extended_stats', 'metric', extended),
  cardinality: single('cardinality', 'count', count),
  valueCount: single('value_count', 'count', count),
  weightedAvg: {
    compile: ({ value, weight, options: { missing, missingWeight } }, context) => ({
      weighted_avg: {
        value: { field: context.field(value, 'metric'), ...wireOptions({ missing }) },
        weight: { field: context.field(weight, 'metric'), ...wireOptions({ missing: missingWeight }) },
      },
    }),
    decode: (_node, { value }) => ({ value }),
  },
  scriptedMetric: {
    compile: ({ options: { init, map, combine, reduce, params } }) => ({
      scripted_metric: {
        ...(init === undefined ? {} : { init_script: wireScript(init) }),
        map_script: wireScript(map),
        combine_script: wireScript(combine),
        reduce_script: wireScript(reduce),
        ...(params ? { params } : {}),
      },
    }),
    decode: (_node, { value }) => ({ value }),
  },
};
