import { SearchQueryError } from '../../errors/query.errors.js';
import type { Exact } from '../clauses/term-level.js';
import type { NumberValue } from './metrics.js';
import type { FieldPath, ValueAt } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wireOptions, type Wire } from '../wire-value.js';
import type {
  Aggregation,
  AggregationCompileContext,
  AggregationFamily,
  AggregationNode,
  Aggregations,
} from './aggregation.js';
import {
  compileSub,
  decodeBuckets,
  subNodes,
  type AnySub,
  type Bucket,
  type NoAggregations,
  type SubNodes,
  type WholeBuilder,
  type WithSub,
} from './buckets.js';
import { wireInterval, wireStep, type DateStep } from './histograms.js';
import { termKeyReader, type TermKey } from './term-key.js';
import { bucketCount } from './terms.js';

export interface SourceOptions {
  readonly order?: 'asc' | 'desc';
  /** Documents without a value make a bucket of `null`; else they are left out. */
  readonly missingBucket?: boolean;
}

export type SourceNode =
  | Readonly<{ source: 'terms'; field: string; options: SourceOptions }>
  | Readonly<{ source: 'histogram'; field: string; interval: number; options: SourceOptions }>
  | Readonly<{
      source: 'dateHistogram';
      field: string;
      step: DateStep & Readonly<{ timeZone?: string }>;
      options: SourceOptions;
    }>;

declare const VALUE: unique symbol;

/** A part of the key, whose values are `V`. */
export interface CompositeSource<V> {
  readonly source: string;
  readonly [VALUE]?: V;
}

export type Missing<O> = O extends { readonly missingBucket: true } ? null : never;

export interface CompositeSources<T> {
  terms<P extends string, const O extends SourceOptions = SourceOptions>(
    field: FieldPath<T, P, Exact>,
    options?: O,
  ): CompositeSource<TermKey<ValueAt<T, P>> | Missing<O>>;
  histogram<P extends string, const O extends SourceOptions = SourceOptions>(
    field: FieldPath<T, P, NumberValue>,
    interval: number,
    options?: O,
  ): CompositeSource<number | Missing<O>>;
  dateHistogram<P extends string, const O extends SourceOptions = SourceOptions>(
    field: FieldPath<T, P, Date>,
    step: DateStep & Readonly<{ timeZone?: string }>,
    options?: O,
  ): CompositeSource<Date | Missing<O>>;
}

export type CompositeKey<S> = { readonly [K in keyof S]: S[K] extends { readonly [VALUE]?: infer V } ? V : never };

export interface CompositeResult<B> {
  /** In the order of their keys. */
  readonly buckets: readonly B[];
  /** Goes on from here: `composite(…, { after })`. `undefined` when there was no bucket. */
  readonly afterKey: Wire | undefined;
}

export interface PlainCompositeOptions {
  /** Buckets of one answer; 1,000 when absent. */
  readonly size?: number;
  readonly after?: Wire;
}

export type CompositeNode = Readonly<{
  kind: 'composite';
  sources: Readonly<Record<string, SourceNode>>;
  options: PlainCompositeOptions;
  sub: SubNodes;
}>;

export interface CompositeAggregations<T> {
  /**
   * One bucket per combination of values, in key order, so that all of them can be read in pages:
   * `query.everyBucket(…)` does that.
   */
  composite<
    const S extends Readonly<Record<string, CompositeSource<unknown>>>,
    const A extends Aggregations = NoAggregations,
  >(
    sources: (builder: CompositeSources<T>) => S,
    options?: PlainCompositeOptions & WithSub<T, A>,
  ): Aggregation<CompositeResult<Bucket<CompositeKey<S>, A>>>;
}

const SOURCES = Object.freeze({
  terms: (field: string, options: SourceOptions = {}): SourceNode => ({ source: 'terms', field, options }),
  histogram: (field: string, interval: number, options: SourceOptions = {}): SourceNode => ({
    source: 'histogram',
    field,
    interval,
    options,
  }),
  dateHistogram: (
    field: string,
    step: DateStep & Readonly<{ timeZone?: string }>,
    options: SourceOptions = {},
  ): SourceNode => ({ source: 'dateHistogram', field, step, options }),
}) as unknown as CompositeSources<never>;

type AnySources = (builder: CompositeSources<never>) => Readonly<Record<string, CompositeSource<unknown>>>;

export const composite = (whole: WholeBuilder) => ({
  composite: (sources: AnySources, { aggs, ...options }: PlainCompositeOptions & AnySub = {}): CompositeNode =>
    frozenCopy({
      kind: 'composite',
      sources: sources(SOURCES) as CompositeNode['sources'],
      options,
      sub: subNodes(aggs, whole),
    }),
});

const PAGE = 1_000;

export const compositeFamily: AggregationFamily<CompositeNode> = {
  composite: {
    compile: ({ sources, options: { size = PAGE, after }, sub }, context) => {
      const names = Object.keys(sources);
      if (names.length === 0)
        throw new SearchQueryError('composite', 'composite needs at least one source (got none)', sources);
      return {
        composite: {
          size: bucketCount(size, 'composite', names.join(', ')),
          sources: names.map((name) => ({ [name]: wireSource(sources[name]!, context) })),
          ...(after ? { after } : {}),
        },
        ...compileSub(sub, context),
      };
    },
    decode: ({ sources, sub }, wire, context) => {
      const readers = Object.entries(sources).map(([name, { source, field }]) => {
        const read = source === 'histogram' ? (key: unknown): unknown => key : termKeyReader(context.typeOf(field));
        return [name, read] as const;
      });
      const keyOf = ({ key }: Wire): unknown =>
        Object.fromEntries(readers.map(([name, read]) => [name, read((key as Wire)[name])]));
      return { buckets: decodeBuckets(sub, wire, context, keyOf), afterKey: wire['after_key'] };
    },
  },
};

function wireSource(node: SourceNode, context: AggregationCompileContext): Wire {
  const options = wireOptions(node.options);
  switch (node.source) {
    case 'terms':
      return { terms: { field: context.field(node.field, 'aggregate'), ...options } };
    case 'histogram':
      return {
        histogram: {
          field: context.field(node.field, 'number'),
          interval: wireInterval(node.interval, node.field),
          ...options,
        },
      };
    case 'dateHistogram': {
      const { timeZone, ...step } = node.step;
      return {
        date_histogram: {
          field: context.field(node.field, 'date'),
          ...wireStep(step, node.field),
          ...wireOptions({ timeZone }),
          ...options,
        },
      };
    }
  }
}

/** Reads all pages; `ask` answers one. */
export async function* everyBucket<B>(
  aggregation: Aggregation<CompositeResult<B>>,
  ask: (node: AggregationNode) => Promise<CompositeResult<B>>,
): AsyncGenerator<B, void, undefined> {
  let node = aggregation as unknown as CompositeNode;
  const size = node.options.size ?? PAGE;
  for (;;) {
    const { buckets, afterKey } = await ask(node);
    yield* buckets;
    if (buckets.length < size || afterKey === undefined) return;
    node = frozenCopy({ ...node, options: { ...node.options, after: afterKey } });
  }
}
