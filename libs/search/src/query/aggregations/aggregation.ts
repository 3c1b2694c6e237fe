import type { EngineHit } from '../../contracts/engine.js';
import type { FieldType } from '../../contracts/index-body.js';
import { unusable } from '../unusable.js';
import type { CompileContext } from '../clauses/compile-context.js';
import type { Hit } from '../search-page.js';
import type { Wire } from '../wire-value.js';
import { composite, compositeFamily, type CompositeAggregations, type CompositeNode } from './composite.js';
import { filterAggregations, filterFamily, type FilterAggregations, type FilterNode } from './filters.js';
import { geoGrid, geoGridFamily, type GeoGridAggregations, type GeoGridNode } from './geo-grid.js';
import { histogramFamily, histograms, type HistogramAggregations, type HistogramNode } from './histograms.js';
import { metricFamily, metrics, type MetricAggregations, type MetricNode } from './metrics.js';
import { percentileFamily, percentiles, type PercentileAggregations, type PercentileNode } from './percentiles.js';
import { pipelineFamily, pipelines, type PipelineAggregations, type PipelineNode } from './pipelines.js';
import { rangeFamily, ranges, type RangeAggregations, type RangeNode } from './ranges.js';
import { rawAggregation, rawFamily, type RawAggregationNode, type RawAggregations } from './raw.js';
import { termsAggregation, termsFamily, type TermsAggregations, type TermsNode } from './terms.js';
import { topHits, topHitsFamily, type TopHitsAggregations, type TopHitsNode } from './top-hits.js';
import {
  valueBucketFamily,
  valueBuckets,
  type ValueBucketAggregations,
  type ValueBucketNode,
} from './value-buckets.js';

// A new family of aggregations is one file beside this one, and its names here.

/** Any aggregation, as data. */
export type AggregationNode =
  | TermsNode
  | ValueBucketNode
  | CompositeNode
  | HistogramNode
  | RangeNode
  | FilterNode
  | GeoGridNode
  | TopHitsNode
  | MetricNode
  | PercentileNode
  | PipelineNode
  | RawAggregationNode;

declare const RESULT: unique symbol;

/** An aggregation that answers with an `R`. */
export interface Aggregation<R> {
  readonly kind: string;
  /** In the type alone. A function keeps an `undefined` in `R`, which an optional property would lose. */
  readonly [RESULT]?: () => R;
}

export type Aggregations = Readonly<Record<string, Aggregation<unknown>>>;
export type AggregationNodes = Readonly<Record<string, AggregationNode>>;

/** The answers to named aggregations, by the same names. */
export type ResultsOf<A> = { readonly [K in keyof A]: A[K] extends { readonly [RESULT]?: () => infer R } ? R : never };

/** Makes aggregations whose fields are checked against the entity `T`. */
export interface AggregationBuilder<T>
  extends
    TermsAggregations<T>,
    ValueBucketAggregations<T>,
    CompositeAggregations<T>,
    HistogramAggregations<T>,
    RangeAggregations<T>,
    FilterAggregations<T>,
    GeoGridAggregations<T>,
    TopHitsAggregations<T>,
    MetricAggregations<T>,
    PercentileAggregations<T>,
    PipelineAggregations,
    RawAggregations {}

export interface AggregationCompileContext extends Omit<CompileContext, 'inside'> {
  readonly inside: (nestedField: string | undefined) => AggregationCompileContext;
  readonly aggregations: (nodes: AggregationNodes) => Wire;
}

export interface AggregationDecodeContext {
  readonly typeOf: (path: string) => { readonly type: FieldType; readonly runtimeType: string } | undefined;
  readonly hit: (hit: EngineHit) => Hit<unknown>;
  readonly aggregations: (nodes: AggregationNodes, wire: Wire) => Readonly<Record<string, unknown>>;
}

/** How one kind of aggregation is compiled and its answer read. */
export type AggregationFamily<N extends { readonly kind: string }> = {
  readonly [K in N['kind']]: {
    compile(node: Extract<N, { readonly kind: K }>, context: AggregationCompileContext): Wire;
    /** `wire` is absent where a pipeline has no answer. */
    decode(node: Extract<N, { readonly kind: K }>, wire: Wire, context: AggregationDecodeContext): unknown;
  };
};

export function aggregationBuilder<T>(): AggregationBuilder<T> {
  return BUILDER as unknown as AggregationBuilder<T>;
}

const whole = (): AggregationBuilder<never> => BUILDER;
const BUILDER = Object.freeze({
  ...termsAggregation(whole),
  ...valueBuckets(whole),
  ...composite(whole),
  ...histograms(whole),
  ...ranges(whole),
  ...filterAggregations(whole),
  ...geoGrid(whole),
  ...topHits,
  ...metrics,
  ...percentiles,
  ...pipelines,
  ...rawAggregation,
}) as unknown as AggregationBuilder<never>;
const FAMILIES: AggregationFamily<AggregationNode> = {
  ...termsFamily,
  ...valueBucketFamily,
  ...compositeFamily,
  ...histogramFamily,
  ...rangeFamily,
  ...filterFamily,
  ...geoGridFamily,
  ...topHitsFamily,
  ...metricFamily,
  ...percentileFamily,
  ...pipelineFamily,
  ...rawFamily,
};

interface Family {
  compile(node: AggregationNode, context: AggregationCompileContext): Wire;
  decode(node: AggregationNode, wire: Wire, context: AggregationDecodeContext): unknown;
}

function familyOf(name: string, node: AggregationNode): Family {
  const kind: unknown = node?.kind;
  if (typeof kind !== 'string' || !Object.hasOwn(FAMILIES, kind))
    throw unusable(
      name,
      `\`${name}\` is made by the builder, as in a.terms(…); a body of your own goes into a.raw(…)`,
      node,
    );
  return FAMILIES[node.kind];
}

export function compileAggregations(nodes: AggregationNodes, base: CompileContext): Wire {
  const context = aggregationContext(base);
  return Object.fromEntries(
    Object.entries(nodes).map(([name, node]) => [name, familyOf(name, node).compile(node, context)]),
  );
}

function aggregationContext(base: CompileContext): AggregationCompileContext {
  return {
    ...base,
    inside: (path) => aggregationContext(base.inside(path)),
    aggregations: (nodes) => compileAggregations(nodes, base),
  };
}

export function decodeAggregations(
  nodes: AggregationNodes,
  wire: Wire,
  leaves: Omit<AggregationDecodeContext, 'aggregations'>,
): Readonly<Record<string, unknown>> {
  const context: AggregationDecodeContext = {
    ...leaves,
    aggregations: (nested, inner) => decodeAggregations(nested, inner, leaves),
  };
  return Object.fromEntries(
    Object.entries(nodes).map(([name, node]) => [name, familyOf(name, node).decode(node, wire[name] as Wire, context)]),
  );
}
