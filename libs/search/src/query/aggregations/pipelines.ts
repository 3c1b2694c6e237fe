import { wireScript, type Script } from '../script.js';
import { frozenCopy } from '../freeze.js';
import { wireOptions, type Wire } from '../wire-value.js';
import { unusable } from '../unusable.js';
import type { Aggregation, AggregationFamily } from './aggregation.js';

/** What empty buckets count as: left out, or 0. */
export type GapPolicy = 'skip' | 'insert_zeros';

export interface PipelineOptions {
  readonly gapPolicy?: GapPolicy;
}

export interface BucketSortOptions extends PipelineOptions {
  /** Paths of values, each with its direction: `[{ avgYear: 'desc' }]`; `_key` and `_count` too. */
  readonly sort?: readonly Readonly<Record<string, 'asc' | 'desc'>>[];
  readonly from?: number;
  readonly size?: number;
}

export interface DerivativeOptions extends PipelineOptions {
  /** Gives `normalized`, the change per this much time, too: `day`. */
  readonly unit?: string;
}

export interface MovingFnOptions extends PipelineOptions {
  /** Buckets that are looked at, before the current one. */
  readonly window: number;
  /** Such as `MovingFunctions.unweightedAvg(values)`. */
  readonly script: string;
  /** 1 makes the window include the current bucket. */
  readonly shift?: number;
}

/** Absent in buckets that have no answer, such as the first of a derivative. */
export type PipelineValue = Readonly<{ value: number | null; normalized?: number }> | undefined;

export interface SiblingResult {
  readonly value: number | null;
}

export interface BestBucketResult extends SiblingResult {
  /** Keys of the buckets that have it, as strings. */
  readonly keys: readonly string[];
}

export type Paths = Readonly<Record<string, string>>;

export type PipelineNode = Readonly<{ kind: PipelineKind; body: Wire }>;

export type PipelineKind = keyof typeof PIPELINE_NAMES;

export const PIPELINE_NAMES = {
  bucketSort: 'bucket_sort',
  bucketSelector: 'bucket_selector',
  bucketScript: 'bucket_script',
  derivative: 'derivative',
  cumulativeSum: 'cumulative_sum',
  movingFn: 'moving_fn',
  maxBucket: 'max_bucket',
  minBucket: 'min_bucket',
  avgBucket: 'avg_bucket',
  sumBucket: 'sum_bucket',
} as const;

/**
 * Aggregations over other ones' answers. Paths name those: `sales` beside it, `months>sales` inside another,
 * `stats.max` a part of an answer, `_count` and `_key` of the bucket.
 */
export interface PipelineAggregations {
  /** Orders and cuts the buckets that it stands in; it has no answer of its own. */
  bucketSort(options: BucketSortOptions): Aggregation<undefined>;
  /** Keeps the buckets for which the script is true: `bucketSelector({ total: 'sales' }, 'params.total > 200')`. */
  bucketSelector(paths: Paths, script: Script, options?: PipelineOptions): Aggregation<undefined>;
  /** A value per bucket from others. */
  bucketScript(paths: Paths, script: Script, options?: PipelineOptions): Aggregation<PipelineValue>;
  /** The change from one bucket of a histogram to the next. */
  derivative(path: string, options?: DerivativeOptions): Aggregation<PipelineValue>;
  cumulativeSum(path: string): Aggregation<PipelineValue>;
  movingFn(path: string, options: MovingFnOptions): Aggregation<PipelineValue>;
  /** Beside the buckets: which of them has the most. */
  maxBucket(path: string, options?: PipelineOptions): Aggregation<BestBucketResult>;
  minBucket(path: string, options?: PipelineOptions): Aggregation<BestBucketResult>;
  avgBucket(path: string, options?: PipelineOptions): Aggregation<SiblingResult>;
  sumBucket(path: string, options?: PipelineOptions): Aggregation<SiblingResult>;
}

const node = (kind: PipelineKind, body: Wire): PipelineNode => frozenCopy({ kind, body });
const overOne =
  (kind: PipelineKind) =>
  (path: string, options: object = {}): PipelineNode =>
    node(kind, { buckets_path: path, ...wireOptions(options) });
const overMany =
  (kind: PipelineKind) =>
  (paths: Paths, script: Script, options: PipelineOptions = {}): PipelineNode =>
    node(kind, { buckets_path: paths, script: wireScript(script), ...wireOptions(options) });

export const pipelines = {
  bucketSort: ({ sort, ...options }: BucketSortOptions): PipelineNode =>
    node('bucketSort', {
      ...(sort
        ? { sort: sort.map((by) => Object.fromEntries(Object.entries(by).map(([path, order]) => [path, { order }]))) }
        : {}),
      ...wireOptions(options),
    }),
  bucketSelector: overMany('bucketSelector'),
  bucketScript: overMany('bucketScript'),
  derivative: overOne('derivative'),
  cumulativeSum: overOne('cumulativeSum'),
  movingFn: overOne('movingFn'),
  maxBucket: overOne('maxBucket'),
  minBucket: overOne('minBucket'),
  avgBucket: overOne('avgBucket'),
  sumBucket: overOne('sumBucket'),
};

function family(kind: PipelineKind, decode: (wire: Wire) => unknown): AggregationFamily<PipelineNode>[PipelineKind] {
  return {
    compile: ({ body }) => {
      if (body['buckets_path'] === '') throw unusable(kind, `${kind} needs the path of an aggregation`, '');
      return { [PIPELINE_NAMES[kind]]: body };
    },
    decode: (_node, wire: Wire | undefined) => wire && decode(wire),
  };
}

const value = (wire: Wire): unknown => ({
  value: wire['value'],
  ...('normalized_value' in wire ? { normalized: wire['normalized_value'] } : {}),
});
const best = (wire: Wire): unknown => ({ value: wire['value'], keys: wire['keys'] });

export const pipelineFamily: AggregationFamily<PipelineNode> = {
  bucketSort: family('bucketSort', () => undefined),
  bucketSelector: family('bucketSelector', () => undefined),
  bucketScript: family('bucketScript', value),
  derivative: family('derivative', value),
  cumulativeSum: family('cumulativeSum', value),
  movingFn: family('movingFn', value),
  maxBucket: family('maxBucket', best),
  minBucket: family('minBucket', best),
  avgBucket: family('avgBucket', value),
  sumBucket: family('sumBucket', value),
};
