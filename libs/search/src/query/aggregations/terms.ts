import { SearchQueryError } from '../../errors/query.errors.js';
import { shown } from '../../errors/search-error.js';
import type { FieldPath, ValueAt } from '../field-path.js';
import { freezeNode } from '../freeze.js';
import { wireValue, type Wire } from '../wire-value.js';
import type { Aggregation, AggregationFamily, Aggregations } from './aggregation.js';
import { compileSub, decodeBuckets, subNodes, type Bucket, type SubAggregations, type SubNodes, type WholeBuilder } from './buckets.js';

type Exact = string | number | boolean | bigint | Date;

/** A bigint comes back as number or digits, as the field is `long` or `keyword`. */
export type TermKey<V> = V extends bigint ? number | string : V;

export interface TermsAggregationOptions<T, A extends Aggregations> {
  /** Buckets at most; 10 when absent. */
  readonly size?: number;
  readonly minCount?: number;
  readonly order?: Readonly<Record<'key' | 'count', 'asc' | 'desc'>> | Readonly<{ key: 'asc' | 'desc' }> | Readonly<{ count: 'asc' | 'desc' }>;
  /** Documents without a value count as this one. */
  readonly missing?: string | number | boolean;
  readonly aggs?: SubAggregations<T, A>;
}

export interface TermsResult<Key, A> {
  readonly buckets: readonly Bucket<Key, A>[];
  /** Documents of the values that are not among the buckets. */
  readonly otherCount: number;
}

export type TermsNode = Readonly<{ kind: 'terms'; field: string; options: Omit<TermsAggregationOptions<never, Aggregations>, 'aggs'>; sub: SubNodes }>;

export interface TermsAggregations<T> {
  /** One bucket per value, the most frequent first. */
  terms<P extends string, const A extends Aggregations = Readonly<Record<never, never>>>(
    field: FieldPath<T, P, Exact>,
    options?: TermsAggregationOptions<T, A>,
  ): Aggregation<TermsResult<TermKey<ValueAt<T, P>>, A>>;
}

export const termsAggregation = (whole: WholeBuilder) => ({
  terms: (field: string, { aggs, ...options }: TermsAggregationOptions<never, Aggregations> = {}): TermsNode =>
    freezeNode({ kind: 'terms', field, options, sub: subNodes(aggs, whole) }),
});

export const termsFamily: AggregationFamily<TermsNode> = {
  terms: {
    compile: ({ field, options: { size = 10, minCount, order, missing }, sub }, context) => {
      if (!Number.isInteger(size) || size < 1) {
        throw new SearchQueryError(field, `terms on \`${field}\` needs a size of 1 or more (got ${shown(size)})`);
      }
      return {
        terms: {
          field: context.field(field, 'aggregate'),
          size,
          ...(minCount === undefined ? {} : { min_doc_count: minCount }),
          ...(order === undefined ? {} : { order: Object.entries(order).map(([by, direction]) => ({ [`_${by}`]: direction })) }),
          ...(missing === undefined ? {} : { missing: wireValue(missing, field) }),
        },
        ...compileSub(sub, context),
      };
    },
    decode: ({ field, sub }, wire, context) => ({
      buckets: decodeBuckets(sub, wire, context, keyReader(context.typeOf(field))),
      otherCount: wire['sum_other_doc_count'],
    }),
  },
};

/** Keys are numbers for dates and booleans, and strings for numbers that the mapping keeps as keyword. */
function keyReader(field: { readonly type: string; readonly runtimeType: string } | undefined): (bucket: Wire) => unknown {
  if (field?.type === 'date') return ({ key }) => new Date(key as number);
  if (field?.type === 'boolean') return ({ key }) => key === 1 || key === true;
  if (field?.type === 'keyword' && field.runtimeType === 'number') return ({ key }) => Number(key);
  return ({ key }) => key;
}
