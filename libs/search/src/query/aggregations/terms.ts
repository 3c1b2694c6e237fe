import { SearchQueryError } from '../../errors/query.errors.js';
import { unusable } from '../unusable.js';
import type { Exact } from '../clauses/term-level.js';
import type { FieldPath, ValueAt } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wireOptions, wireValue, type Wire } from '../wire-value.js';
import type { Aggregation, AggregationFamily, Aggregations } from './aggregation.js';
import {
  compileSub,
  decodeBuckets,
  subNodes,
  type AnySub,
  type BucketsResult,
  type NoAggregations,
  type SubNodes,
  type WholeBuilder,
  type WithSub,
} from './buckets.js';
import { termKeyReader, type TermKey } from './term-key.js';

export type { TermKey } from './term-key.js';

/** By `key`, by `count`, or by the name of an aggregation inside (`avgYear`, `stats.max`). */
export type BucketOrder = Readonly<Record<string, 'asc' | 'desc'>>;

export interface PlainTermsOptions {
  /** Buckets at most; 10 when absent. */
  readonly size?: number;
  /** Buckets that each shard sends; more make counts more exact. */
  readonly shardSize?: number;
  readonly minCount?: number;
  readonly order?: BucketOrder;
  /** Documents without a value count as this one. */
  readonly missing?: string | number | boolean;
  /** Values to count: a list, or a regular expression. */
  readonly include?: readonly (string | number)[] | string;
  readonly exclude?: readonly (string | number)[] | string;
}

export interface TermsAggregationOptions<T, A extends Aggregations> extends PlainTermsOptions, WithSub<T, A> {}

export interface TermsResult<Key, A> extends BucketsResult<Key, A> {
  /** Documents of the values that are not among the buckets. */
  readonly otherCount: number;
  /** By how much a count may be too low, over several shards. */
  readonly errorBound: number;
}

export type TermsNode = Readonly<{ kind: 'terms'; field: string; options: PlainTermsOptions; sub: SubNodes }>;

export interface TermsAggregations<T> {
  /** One bucket per value, the most frequent first. */
  terms<P extends string, const A extends Aggregations = NoAggregations>(
    field: FieldPath<T, P, Exact>,
    options?: TermsAggregationOptions<T, A>,
  ): Aggregation<TermsResult<TermKey<ValueAt<T, P>>, A>>;
}

export const termsAggregation = (whole: WholeBuilder) => ({
  terms: (field: string, { aggs, ...options }: PlainTermsOptions & AnySub = {}): TermsNode =>
    frozenCopy({ kind: 'terms', field, options, sub: subNodes(aggs, whole) }),
});

export const termsFamily: AggregationFamily<TermsNode> = {
  terms: {
    compile: ({ field, options: { size = 10, minCount, order, missing, ...options }, sub }, context) => ({
      terms: {
        field: context.field(field, 'aggregate'),
        size: bucketCount(size, 'terms', field),
        ...(minCount === undefined ? {} : { min_doc_count: minCount }),
        ...(order === undefined ? {} : { order: wireOrder(order, sub, field) }),
        ...(missing === undefined ? {} : { missing: wireValue(missing, field) }),
        ...wireOptions(options),
      },
      ...compileSub(sub, context),
    }),
    decode: ({ field, sub }, wire, context) => {
      const read = termKeyReader(context.typeOf(field));
      return {
        buckets: decodeBuckets(sub, wire, context, ({ key }) => read(key)),
        otherCount: wire['sum_other_doc_count'],
        errorBound: wire['doc_count_error_upper_bound'],
      };
    },
  },
};

export function bucketCount(size: unknown, aggregation: string, field: string): number {
  if (Number.isInteger(size) && (size as number) >= 1) return size as number;
  throw unusable(field, `${aggregation} on \`${field}\` needs a size of 1 or more`, size);
}

export function wireOrder(order: BucketOrder, sub: SubNodes, field: string): readonly Wire[] {
  return Object.entries(order).map(([by, direction]) => {
    if (by === 'key' || by === 'count') return { [`_${by}`]: direction };
    const [name] = by.split(/[.>]/);
    if (name !== undefined && name in sub) return { [by]: direction };
    throw new SearchQueryError(
      field,
      `order of \`${field}\` names '${by}': use key, count or one of its aggs (got ${Object.keys(sub).join(', ') || 'none'})`,
      by,
    );
  });
}
