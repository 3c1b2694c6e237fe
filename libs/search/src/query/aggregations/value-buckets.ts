import { SearchQueryError } from '../../errors/query.errors.js';
import type { Clause, ClauseBuilder } from '../clauses/clause.js';
import { clauseBuilder } from '../clauses/clause.js';
import type { Exact } from '../clauses/term-level.js';
import type { FieldPath, ValueAt } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wireOptions, type Wire } from '../wire-value.js';
import type {
  Aggregation,
  AggregationCompileContext,
  AggregationDecodeContext,
  AggregationFamily,
  Aggregations,
} from './aggregation.js';
import {
  compileSub,
  decodeBuckets,
  subNodes,
  type AnySub,
  type Bucket,
  type BucketsResult,
  type NoAggregations,
  type SubNodes,
  type WholeBuilder,
  type WithSub,
} from './buckets.js';
import { termKeyReader, type TermKey } from './term-key.js';
import { bucketCount, wireOrder, type BucketOrder } from './terms.js';

export interface PlainMultiTermsOptions {
  readonly size?: number;
  readonly shardSize?: number;
  readonly minCount?: number;
  readonly order?: BucketOrder;
}

export interface PlainRareTermsOptions {
  /** Documents that a value is in at most; 1 when absent. */
  readonly maxDocCount?: number;
  readonly include?: string;
  readonly exclude?: string;
}

export interface PlainSignificantOptions {
  readonly size?: number;
  readonly shardSize?: number;
  /** Documents that a value has to be in; 3 when absent. */
  readonly minCount?: number;
  /** What the hits are compared with; the whole index when absent. */
  readonly background?: Clause;
  readonly include?: readonly string[] | string;
  readonly exclude?: readonly string[] | string;
}

export type Significant<T, A extends Aggregations> = Omit<PlainSignificantOptions, 'background'> & {
  readonly background?: (builder: ClauseBuilder<T>) => Clause;
} & WithSub<T, A>;

export interface SignificantResult<Key, A> {
  /** Documents that were looked at. */
  readonly count: number;
  /** The most unusual first. */
  readonly buckets: readonly (Bucket<Key, A> & { readonly score: number; readonly backgroundCount: number })[];
}

export type ValueBucketNode =
  | Readonly<{ kind: 'multiTerms'; fields: readonly string[]; options: PlainMultiTermsOptions; sub: SubNodes }>
  | Readonly<{ kind: 'rareTerms'; field: string; options: PlainRareTermsOptions; sub: SubNodes }>
  | Readonly<{ kind: 'significantTerms'; field: string; options: PlainSignificantOptions; sub: SubNodes }>
  | Readonly<{
      kind: 'significantText';
      field: string;
      options: PlainSignificantOptions;
      filterDuplicates: boolean | undefined;
      sub: SubNodes;
    }>;

export type KeyAt<T, P extends string> = TermKey<ValueAt<T, P>>;

export interface ValueBucketAggregations<T> {
  /** One bucket per combination of the values of two or three fields. */
  multiTerms<P1 extends string, P2 extends string, const A extends Aggregations = NoAggregations>(
    fields: readonly [FieldPath<T, P1, Exact>, FieldPath<T, P2, Exact>],
    options?: PlainMultiTermsOptions & WithSub<T, A>,
  ): Aggregation<BucketsResult<readonly [KeyAt<T, P1>, KeyAt<T, P2>], A>>;
  multiTerms<P1 extends string, P2 extends string, P3 extends string, const A extends Aggregations = NoAggregations>(
    fields: readonly [FieldPath<T, P1, Exact>, FieldPath<T, P2, Exact>, FieldPath<T, P3, Exact>],
    options?: PlainMultiTermsOptions & WithSub<T, A>,
  ): Aggregation<BucketsResult<readonly [KeyAt<T, P1>, KeyAt<T, P2>, KeyAt<T, P3>], A>>;
  /** The values that few documents have. */
  rareTerms<P extends string, const A extends Aggregations = NoAggregations>(
    field: FieldPath<T, P, Exact>,
    options?: PlainRareTermsOptions & WithSub<T, A>,
  ): Aggregation<BucketsResult<KeyAt<T, P>, A>>;
  /** The values that are more frequent among the hits than elsewhere. */
  significantTerms<P extends string, const A extends Aggregations = NoAggregations>(
    field: FieldPath<T, P, Exact>,
    options?: Significant<T, A>,
  ): Aggregation<SignificantResult<KeyAt<T, P>, A>>;
  /** The words of a text that are more frequent among the hits; put it inside a `sampler`, as it reads each document. */
  significantText<P extends string, const A extends Aggregations = NoAggregations>(
    field: FieldPath<T, P, string>,
    options?: Significant<T, A> & { readonly filterDuplicates?: boolean },
  ): Aggregation<SignificantResult<string, A>>;
}

type AnySignificant = Omit<PlainSignificantOptions, 'background'> & {
  readonly background?: (builder: ClauseBuilder<never>) => Clause;
} & AnySub;

const plain = ({ background, ...options }: Omit<AnySignificant, 'aggs'>): PlainSignificantOptions =>
  background ? { ...options, background: background(clauseBuilder<never>()) } : options;

export const valueBuckets = (whole: WholeBuilder) => ({
  multiTerms: (
    fields: readonly string[],
    { aggs, ...options }: PlainMultiTermsOptions & AnySub = {},
  ): ValueBucketNode => frozenCopy({ kind: 'multiTerms', fields, options, sub: subNodes(aggs, whole) }),
  rareTerms: (field: string, { aggs, ...options }: PlainRareTermsOptions & AnySub = {}): ValueBucketNode =>
    frozenCopy({ kind: 'rareTerms', field, options, sub: subNodes(aggs, whole) }),
  significantTerms: (field: string, { aggs, ...options }: AnySignificant = {}): ValueBucketNode =>
    frozenCopy({ kind: 'significantTerms', field, options: plain(options), sub: subNodes(aggs, whole) }),
  significantText: (
    field: string,
    { aggs, filterDuplicates, ...options }: AnySignificant & { filterDuplicates?: boolean } = {},
  ): ValueBucketNode =>
    frozenCopy({
      kind: 'significantText',
      field,
      options: plain(options),
      filterDuplicates,
      sub: subNodes(aggs, whole),
    }),
});

export const valueBucketFamily: AggregationFamily<ValueBucketNode> = {
  multiTerms: {
    compile: ({ fields, options: { size = 10, minCount, order, ...options }, sub }, context) => {
      if (fields.length < 2)
        throw new SearchQueryError(
          'multiTerms',
          `multiTerms needs two fields or more, one is for terms (got ${fields.length})`,
          fields,
        );
      const name = fields.join(', ');
      return {
        multi_terms: {
          terms: fields.map((field) => ({ field: context.field(field, 'aggregate') })),
          size: bucketCount(size, 'multiTerms', name),
          ...wireOptions({ minDocCount: minCount, ...options }),
          ...(order ? { order: wireOrder(order, sub, name) } : {}),
        },
        ...compileSub(sub, context),
      };
    },
    decode: ({ fields, sub }, wire, context) => {
      const readers = fields.map((field) => termKeyReader(context.typeOf(field)));
      return {
        buckets: decodeBuckets(sub, wire, context, ({ key }) =>
          (key as unknown[]).map((part, at) => readers[at]!(part)),
        ),
      };
    },
  },
  rareTerms: {
    compile: ({ field, options, sub }, context) => ({
      rare_terms: { field: context.field(field, 'aggregate'), ...wireOptions(options) },
      ...compileSub(sub, context),
    }),
    decode: ({ field, sub }, wire, context) => {
      const read = termKeyReader(context.typeOf(field));
      return { buckets: decodeBuckets(sub, wire, context, ({ key }) => read(key)) };
    },
  },
  significantTerms: {
    compile: ({ field, options, sub }, context) => ({
      significant_terms: { field: context.field(field, 'aggregate'), ...wireSignificant(options, context) },
      ...compileSub(sub, context),
    }),
    decode: ({ field, sub }, wire, context) =>
      decodeSignificant(sub, wire, context, termKeyReader(context.typeOf(field))),
  },
  significantText: {
    compile: ({ field, options, filterDuplicates, sub }, context) => ({
      significant_text: {
        field: context.field(field, 'words'),
        ...wireSignificant(options, context),
        ...wireOptions({ filterDuplicateText: filterDuplicates }),
      },
      ...compileSub(sub, context),
    }),
    decode: ({ sub }, wire, context) => decodeSignificant(sub, wire, context, (key) => key),
  },
};

function wireSignificant(
  { minCount, background, ...options }: PlainSignificantOptions,
  context: AggregationCompileContext,
): Wire {
  return {
    ...wireOptions({ minDocCount: minCount, ...options }),
    ...(background ? { background_filter: context.clause(background) } : {}),
  };
}

function decodeSignificant(
  sub: SubNodes,
  wire: Wire,
  context: AggregationDecodeContext,
  read: (key: unknown) => unknown,
): unknown {
  const more = (bucket: Wire): Wire => ({ score: bucket['score'], backgroundCount: bucket['bg_count'] });
  return { count: wire['doc_count'], buckets: decodeBuckets(sub, wire, context, ({ key }) => read(key), more) };
}
