import type { Sortable } from '../field-path.js';
import type { EngineHit } from '../../contracts/engine.js';
import { SearchQueryError } from '../../errors/query.errors.js';
import type { DocumentOf } from '../document-type.js';
import type { NestedValue } from '../clauses/joining.js';
import type { FieldPath, ValueAt } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import type { Hit } from '../search-page.js';
import { compileSort, type Direction, type SortOptions } from '../sort.js';
import { wireOptions, type Wire } from '../wire-value.js';
import type { Aggregation, AggregationFamily } from './aggregation.js';

export interface TopHitsOptions<P extends string = string> {
  /** Hits per bucket; 3 when absent. */
  readonly size?: number;
  readonly from?: number;
  /** By score when absent. */
  readonly sort?: readonly Readonly<{ field: '_score' | P; direction?: Direction } & SortOptions>[];
  /** Fields to bring, or none. */
  readonly source?: false | readonly string[];
  readonly trackScores?: boolean;
}

export interface TopHitsResult<S> {
  readonly hits: readonly Hit<S>[];
  readonly total: number;
}

export type TopHitsNode = Readonly<{ kind: 'topHits'; within: string | undefined; options: TopHitsOptions }>;

export type SortedBy<Field> = Omit<TopHitsOptions, 'sort'> & {
  readonly sort?: readonly Readonly<{ field: Field; direction?: Direction } & SortOptions>[];
};

export interface TopHitsAggregations<T> {
  /** The best documents of each bucket. */
  topHits<const P extends string = never>(
    options?: SortedBy<'_score' | FieldPath<T, P, Sortable>>,
  ): Aggregation<TopHitsResult<DocumentOf<T>>>;
  /** Inside `nested(path)`: the best elements of each bucket. */
  topElements<P extends string, const F extends string = never>(
    path: FieldPath<T, P, NestedValue>,
    options?: SortedBy<'_score' | FieldPath<T, F, Sortable>>,
  ): Aggregation<TopHitsResult<DocumentOf<ValueAt<T, P>>>>;
}

export const topHits = {
  topHits: (options: TopHitsOptions = {}): TopHitsNode => frozenCopy({ kind: 'topHits', within: undefined, options }),
  topElements: (within: string, options: TopHitsOptions = {}): TopHitsNode =>
    frozenCopy({ kind: 'topHits', within, options }),
};

export const topHitsFamily: AggregationFamily<TopHitsNode> = {
  topHits: {
    compile: ({ within, options: { sort, source, ...options } }, context) => ({
      top_hits: {
        ...wireOptions(options),
        ...refuseOthers(within, context.within),
        ...(sort
          ? {
              sort: sort.map(({ field, direction = 'asc', ...sorting }) =>
                compileSort({ by: 'field', field, direction, options: sorting }, context),
              ),
            }
          : {}),
        ...(source === undefined ? {} : { _source: source }),
      },
    }),
    decode: (_node, wire, context) => {
      const { hits, total } = wire['hits'] as { hits: readonly EngineHit[]; total: { value: number } };
      return { hits: hits.map((hit) => context.hit(hit)), total: total.value };
    },
  },
};

/** The hits inside of a nested field are its elements, and nowhere else. */
function refuseOthers(asked: string | undefined, within: string | undefined): Wire {
  if (asked === within) return {};
  const remedy =
    within === undefined
      ? `put topElements('${asked}') inside of nested('${asked}', …)`
      : `use topElements('${within}')`;
  throw new SearchQueryError(
    'topHits',
    `the hits ${within === undefined ? 'here are documents' : `inside of nested('${within}') are its elements`}: ${remedy}`,
    asked,
  );
}
