import type { Hit } from '../search-page.js';
import type { FieldUse } from '../field-use.js';
import type { FieldType } from '../../contracts/index-body.js';
import type { EngineHit } from '../../contracts/engine.js';
import type { Wire } from '../wire-value.js';
import { histograms, histogramFamily, type HistogramAggregations, type HistogramNode } from './histograms.js';
import { rawAggregation, rawFamily, type RawAggregations, type RawAggregationNode } from './raw.js';
import { termsAggregation, termsFamily, type TermsAggregations, type TermsNode } from './terms.js';
import { topHits, topHitsFamily, type TopHitsAggregations, type TopHitsNode } from './top-hits.js';

// A new family of aggregations is one file beside this one, and its names here.

/** Any aggregation, as data. */
export type AggregationNode = TermsNode | HistogramNode | TopHitsNode | RawAggregationNode;

declare const RESULT: unique symbol;

/** An aggregation that answers with an `R`. */
export type Aggregation<R> = AggregationNode & { readonly [RESULT]?: R };

export type Aggregations = Readonly<Record<string, Aggregation<unknown>>>;

/** The answers to named aggregations, by the same names. */
export type ResultsOf<A> = { readonly [K in keyof A]: A[K] extends { readonly [RESULT]?: infer R } ? R : never };

/** Makes aggregations whose fields are checked against the entity `T`. */
export interface AggregationBuilder<T>
  extends TermsAggregations<T>, HistogramAggregations<T>, TopHitsAggregations<T>, RawAggregations {}

export interface AggregationCompileContext {
  readonly field: (path: string, use: FieldUse) => string;
  aggregations(nodes: Readonly<Record<string, AggregationNode>>): Wire;
}

export interface AggregationDecodeContext {
  typeOf(path: string): { readonly type: FieldType; readonly runtimeType: string } | undefined;
  hit(hit: EngineHit): Hit<unknown>;
  aggregations(nodes: Readonly<Record<string, AggregationNode>>, wire: Wire): Readonly<Record<string, unknown>>;
}

/** How one kind of aggregation is asked for and its answer read. */
export type AggregationFamily<N extends { readonly kind: string }> = {
  readonly [K in N['kind']]: {
    compile(node: Extract<N, { readonly kind: K }>, context: AggregationCompileContext): Wire;
    decode(node: Extract<N, { readonly kind: K }>, wire: Wire, context: AggregationDecodeContext): unknown;
  };
};

export function aggregationBuilder<T>(): AggregationBuilder<T> {
  return BUILDER as unknown as AggregationBuilder<T>;
}

const whole = (): AggregationBuilder<never> => BUILDER;
const BUILDER = Object.freeze({ ...termsAggregation(whole), ...histograms(whole), ...topHits, ...rawAggregation }) as unknown as AggregationBuilder<never>;
const FAMILIES: AggregationFamily<AggregationNode> = { ...termsFamily, ...histogramFamily, ...topHitsFamily, ...rawFamily };

interface Family {
  compile(node: AggregationNode, context: AggregationCompileContext): Wire;
  decode(node: AggregationNode, wire: Wire, context: AggregationDecodeContext): unknown;
}

const familyOf = (node: AggregationNode): Family => FAMILIES[node.kind];

export function compileAggregations(nodes: Readonly<Record<string, AggregationNode>>, field: AggregationCompileContext['field']): Wire {
  const context: AggregationCompileContext = { field, aggregations: (nested) => compileAggregations(nested, field) };
  return Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, familyOf(node).compile(node, context)]));
}

export function decodeAggregations(
  nodes: Readonly<Record<string, AggregationNode>>,
  wire: Wire,
  leaves: Omit<AggregationDecodeContext, 'aggregations'>,
): Readonly<Record<string, unknown>> {
  const context: AggregationDecodeContext = { ...leaves, aggregations: (nested, inner) => decodeAggregations(nested, inner, leaves) };
  return Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, familyOf(node).decode(node, wire[name] as Wire, context)]));
}
