import type { AggregationBuilder, AggregationCompileContext, AggregationDecodeContext, AggregationNode, Aggregations, ResultsOf } from './aggregation.js';
import type { Wire } from '../wire-value.js';

/** One group of documents, with the answers to the aggregations inside it. */
export type Bucket<Key, A> = { readonly key: Key; readonly count: number } & ResultsOf<A>;

/** Aggregations inside each bucket: `aggs: (a) => ({ top: a.topHits({ size: 1 }) })`. */
export type SubAggregations<T, A extends Aggregations> = (builder: AggregationBuilder<T>) => A;

export type SubNodes = Readonly<Record<string, AggregationNode>>;

/** Gives the builder that holds all families; each family is a part of it. */
export type WholeBuilder = () => AggregationBuilder<never>;

export function subNodes(aggs: SubAggregations<never, Aggregations> | undefined, whole: WholeBuilder): SubNodes {
  return Object.freeze({ ...aggs?.(whole()) });
}

export function compileSub(nodes: SubNodes, context: AggregationCompileContext): Wire {
  return Object.keys(nodes).length > 0 ? { aggs: context.aggregations(nodes) } : {};
}

export function decodeBuckets(
  nodes: SubNodes,
  wire: Wire,
  context: AggregationDecodeContext,
  keyOf: (bucket: Wire) => unknown,
): readonly unknown[] {
  return (wire['buckets'] as readonly Wire[]).map((bucket) => ({
    ...context.aggregations(nodes, bucket),
    key: keyOf(bucket),
    count: bucket['doc_count'],
  }));
}
