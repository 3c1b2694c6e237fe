import { SearchQueryError } from '../../errors/query.errors.js';
import type { NumberValue } from './metrics.js';
import type { FieldPath } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wireOptions, wireValue, type Wire } from '../wire-value.js';
import type { Aggregation, AggregationFamily } from './aggregation.js';

export interface PercentileOptions {
  readonly missing?: number;
  /** More is more exact, and needs more memory; 100 when absent. */
  readonly compression?: number;
}

export interface PercentilesResult {
  /** `value`: below it lies `percent` of all values; `null` when there are none. */
  readonly values: readonly Readonly<{ percent: number; value: number | null }>[];
}

export type PercentileNode =
  | Readonly<{ kind: 'percentiles'; field: string; percents: readonly number[]; options: PercentileOptions }>
  | Readonly<{ kind: 'percentileRanks'; field: string; values: readonly number[]; options: PercentileOptions }>;

export type Countable = NumberValue | Date;

export interface PercentileAggregations<T> {
  /** The values that shares of all values lie below: `percentiles('year', [50, 95])`. */
  percentiles<P extends string>(
    field: FieldPath<T, P, Countable>,
    percents: readonly number[],
    options?: PercentileOptions,
  ): Aggregation<PercentilesResult>;
  /** The share of all values that lies below each of these. */
  percentileRanks<P extends string>(
    field: FieldPath<T, P, Countable>,
    values: readonly number[],
    options?: PercentileOptions,
  ): Aggregation<PercentilesResult>;
}

export const percentiles = {
  percentiles: (field: string, percents: readonly number[], options: PercentileOptions = {}): PercentileNode =>
    frozenCopy({ kind: 'percentiles', field, percents, options }),
  percentileRanks: (field: string, values: readonly number[], options: PercentileOptions = {}): PercentileNode =>
    frozenCopy({ kind: 'percentileRanks', field, values, options }),
};

export const percentileFamily: AggregationFamily<PercentileNode> = {
  percentiles: {
    compile: ({ field, percents, options }, context) => {
      const wrong = percents.find((percent) => !(percent >= 0 && percent <= 100));
      if (wrong !== undefined)
        throw new SearchQueryError(field, `percentiles of \`${field}\` must be 0 to 100 (got ${wrong})`, wrong);
      return {
        percentiles: {
          field: context.field(field, 'metric'),
          percents: numbers(percents, field, 'percentiles'),
          keyed: false,
          ...wireSketch(options),
        },
      };
    },
    decode: (_node, wire) => ({ values: entriesOf(wire).map(({ key, value }) => ({ percent: key, value })) }),
  },
  percentileRanks: {
    compile: ({ field, values, options }, context) => ({
      percentile_ranks: {
        field: context.field(field, 'metric'),
        values: numbers(values, field, 'percentileRanks'),
        keyed: false,
        ...wireSketch(options),
      },
    }),
    decode: (_node, wire) => ({ values: entriesOf(wire).map(({ key, value }) => ({ percent: value, value: key })) }),
  },
};

function numbers(given: readonly number[], field: string, aggregation: string): readonly unknown[] {
  if (given.length === 0)
    throw new SearchQueryError(field, `${aggregation} of \`${field}\` needs at least one number (got none)`, given);
  return given.map((number) => wireValue(number, field));
}

function wireSketch({ compression, missing }: PercentileOptions): Wire {
  return {
    ...wireOptions({ missing }),
    ...(compression === undefined ? {} : { tdigest: wireOptions({ compression }) }),
  };
}

function entriesOf(wire: Wire): readonly { readonly key: number; readonly value: number | null }[] {
  return wire['values'] as readonly { key: number; value: number | null }[];
}
