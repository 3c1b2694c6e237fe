import type { Wire } from '../wire-value.js';
import type {
  AggregationBuilder,
  AggregationCompileContext,
  AggregationDecodeContext,
  AggregationNodes,
  Aggregations,
  ResultsOf,
} from './aggregation.js';

/** One group of documents, with the answers to the aggregations inside it. */
export type Bucket<Key, A> = { readonly key: Key; readonly count: number } & ResultsOf<A>;

/** The one group of an aggregation that makes no others. */
export type SingleBucket<A> = { readonly count: number } & ResultsOf<A>;

export interface BucketsResult<Key, A> {
  readonly buckets: readonly Bucket<Key, A>[];
}

export type NoAggregations = Readonly<Record<never, never>>;

/** Aggregations inside each bucket: `aggs: (a) => ({ top: a.topHits({ size: 1 }) })`. */
export type SubAggregations<T, A extends Aggregations> = (builder: AggregationBuilder<T>) => A;

export interface WithSub<T, A extends Aggregations> {
  readonly aggs?: SubAggregations<T, A>;
}

export type SubNodes = AggregationNodes;

/** Gives the builder that holds all families; each family is a part of it. */
export type WholeBuilder = () => AggregationBuilder<never>;

export type AnySub = WithSub<never, Aggregations>;

export function subNodes(aggs: AnySub['aggs'], whole: WholeBuilder): SubNodes {
  return Object.freeze({ ...aggs?.(whole()) }) as SubNodes;
}

export function compileSub(nodes: SubNodes, context: AggregationCompileContext): Wire {
  return Object.keys(nodes).length > 0 ? { aggs: context.aggregations(nodes) } : {};
}

export function decodeBuckets(
  nodes: SubNodes,
  wire: Wire,
  context: AggregationDecodeContext,
  keyOf: (bucket: Wire) => unknown,
  more: (bucket: Wire) => Wire = () => ({}),
): readonly unknown[] {
  return (wire['buckets'] as readonly Wire[]).map((bucket) => ({
    ...decodeSingle(nodes, bucket, context),
    ...more(bucket),
    key: keyOf(bucket),
  }));
}

export function decodeSingle(nodes: SubNodes, wire: Wire, context: AggregationDecodeContext): Wire {
  return { ...context.aggregations(nodes, wire), count: wire['doc_count'] };
}
