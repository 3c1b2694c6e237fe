import { SearchQueryError } from '../../errors/query.errors.js';
import { clauseBuilder, type Clause, type ClauseBuilder } from '../clauses/clause.js';
import type { NestedValue } from '../clauses/joining.js';
import type { FieldPath } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wireOptions, type Wire } from '../wire-value.js';
import type { Aggregation, AggregationFamily, Aggregations } from './aggregation.js';
import {
  compileSub,
  decodeSingle,
  subNodes,
  type AnySub,
  type NoAggregations,
  type SingleBucket,
  type SubNodes,
  type WholeBuilder,
  type WithSub,
} from './buckets.js';

export interface FiltersResult<Name extends string, A> {
  readonly buckets: Readonly<Record<Name, SingleBucket<A>>>;
}

export type FilterNode =
  | Readonly<{ kind: 'filter'; clause: Clause; sub: SubNodes }>
  | Readonly<{
      kind: 'filters';
      clauses: Readonly<Record<string, Clause>>;
      otherBucket: string | undefined;
      sub: SubNodes;
    }>
  | Readonly<{ kind: 'missing'; field: string; sub: SubNodes }>
  | Readonly<{ kind: 'nested'; path: string; sub: SubNodes }>
  | Readonly<{ kind: 'reverseNested'; path: string | undefined; sub: SubNodes }>
  | Readonly<{ kind: 'sampler'; shardSize: number | undefined; sub: SubNodes }>;

export interface FilterAggregations<T> {
  /** Those of the documents that match. */
  filter<const A extends Aggregations = NoAggregations>(
    make: (builder: ClauseBuilder<T>) => Clause,
    options?: WithSub<T, A>,
  ): Aggregation<SingleBucket<A>>;
  /** A bucket per name; documents may be in several. `otherBucket` names one for those that are in none. */
  filters<Name extends string, const A extends Aggregations = NoAggregations, const Other extends string = never>(
    make: (builder: ClauseBuilder<T>) => Readonly<Record<Name, Clause>>,
    options?: WithSub<T, A> & { readonly otherBucket?: Other },
  ): Aggregation<FiltersResult<Name | Other, A>>;
  /** Documents without a value. */
  missing<P extends string, const A extends Aggregations = NoAggregations>(
    field: FieldPath<T, P>,
    options?: WithSub<T, A>,
  ): Aggregation<SingleBucket<A>>;
  /** The elements of a nested field, which its own aggregations are about. Paths inside stay whole: `comments.author`. */
  nested<P extends string, const A extends Aggregations = NoAggregations>(
    path: FieldPath<T, P, NestedValue>,
    options?: WithSub<T, A>,
  ): Aggregation<SingleBucket<A>>;
  /** Inside `nested`: back to the documents, or to an outer nested field. */
  reverseNested<const A extends Aggregations = NoAggregations>(
    options?: WithSub<T, A> & { readonly path?: string },
  ): Aggregation<SingleBucket<A>>;
  /** The best documents of each shard (100 when absent): bounds the cost of what is inside. */
  sampler<const A extends Aggregations = NoAggregations>(
    options?: WithSub<T, A> & { readonly shardSize?: number },
  ): Aggregation<SingleBucket<A>>;
}

export const filterAggregations = (whole: WholeBuilder) => ({
  filter: (make: (builder: ClauseBuilder<never>) => Clause, { aggs }: AnySub = {}): FilterNode =>
    frozenCopy({ kind: 'filter', clause: make(clauseBuilder()), sub: subNodes(aggs, whole) }),
  filters: (
    make: (builder: ClauseBuilder<never>) => Readonly<Record<string, Clause>>,
    { aggs, otherBucket }: AnySub & { otherBucket?: string } = {},
  ): FilterNode =>
    frozenCopy({ kind: 'filters', clauses: make(clauseBuilder()), otherBucket, sub: subNodes(aggs, whole) }),
  missing: (field: string, { aggs }: AnySub = {}): FilterNode =>
    frozenCopy({ kind: 'missing', field, sub: subNodes(aggs, whole) }),
  nested: (path: string, { aggs }: AnySub = {}): FilterNode =>
    frozenCopy({ kind: 'nested', path, sub: subNodes(aggs, whole) }),
  reverseNested: ({ aggs, path }: AnySub & { path?: string } = {}): FilterNode =>
    frozenCopy({ kind: 'reverseNested', path, sub: subNodes(aggs, whole) }),
  sampler: ({ aggs, shardSize }: AnySub & { shardSize?: number } = {}): FilterNode =>
    frozenCopy({ kind: 'sampler', shardSize, sub: subNodes(aggs, whole) }),
});

export const filterFamily: AggregationFamily<FilterNode> = {
  filter: {
    compile: ({ clause, sub }, context) => ({ filter: context.clause(clause), ...compileSub(sub, context) }),
    decode: ({ sub }, wire, context) => decodeSingle(sub, wire, context),
  },
  filters: {
    compile: ({ clauses, otherBucket, sub }, context) => {
      const named = Object.entries(clauses);
      if (named.length === 0)
        throw new SearchQueryError('filters', 'filters needs at least one clause (got none)', clauses);
      const filters = Object.fromEntries(named.map(([name, clause]) => [name, context.clause(clause)]));
      return { filters: { filters, ...wireOptions({ otherBucketKey: otherBucket }) }, ...compileSub(sub, context) };
    },
    decode: ({ sub }, wire, context) => {
      const buckets = Object.entries(wire['buckets'] as Readonly<Record<string, Wire>>);
      return {
        buckets: Object.fromEntries(buckets.map(([name, bucket]) => [name, decodeSingle(sub, bucket, context)])),
      };
    },
  },
  missing: {
    compile: ({ field, sub }, context) => ({
      missing: { field: context.field(field, 'count') },
      ...compileSub(sub, context),
    }),
    decode: ({ sub }, wire, context) => decodeSingle(sub, wire, context),
  },
  nested: {
    compile: ({ path, sub }, context) => ({
      nested: { path: context.field(path, 'nested') },
      ...compileSub(sub, context.inside(path)),
    }),
    decode: ({ sub }, wire, context) => decodeSingle(sub, wire, context),
  },
  reverseNested: {
    compile: ({ path, sub }, context) => ({
      reverse_nested: wireOptions({ path: path && context.inside(context.nestedOf(path)).field(path, 'nested') }),
      ...compileSub(sub, context.inside(path)),
    }),
    decode: ({ sub }, wire, context) => decodeSingle(sub, wire, context),
  },
  sampler: {
    compile: ({ shardSize, sub }, context) => ({ sampler: wireOptions({ shardSize }), ...compileSub(sub, context) }),
    decode: ({ sub }, wire, context) => decodeSingle(sub, wire, context),
  },
};
