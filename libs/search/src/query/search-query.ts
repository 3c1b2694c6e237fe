import type { CallOptions } from '../contracts/engine.js';
import { aggregationBuilder, type AggregationBuilder, type Aggregations, type ResultsOf } from './aggregations/aggregation.js';
import { clauseBuilder, type Clause, type ClauseBuilder } from './clauses/clause.js';
import type { BoolParts } from './clauses/compound.js';
import type { Wire } from './wire-value.js';
import type { DocumentOf } from './document-type.js';
import type { FieldPath } from './field-path.js';
import { freezeNode } from './freeze.js';
import { EMPTY_REQUEST, type HighlightOptions, type RequestNode } from './request.js';
import type { SearchPage } from './search-page.js';

type Sortable = string | number | boolean | bigint | Date;
type Occurrence = 'must' | 'filter' | 'should' | 'mustNot';

/** Makes one clause, or several. */
export type ClauseMaker<T> = (builder: ClauseBuilder<T>) => Clause | readonly Clause[];

/** Who answers a query. */
export interface QueryRunner {
  compile(request: RequestNode): Wire;
  search(request: RequestNode, options?: CallOptions): Promise<SearchPage<unknown, unknown>>;
  count(request: RequestNode, options?: CallOptions): Promise<number>;
}

/**
 * An immutable search: each method returns a new one, so that a common part can be kept and extended. Fields,
 * operators and values are checked against `T` by the compiler, and against the mapping before anything is sent.
 *
 * @example
 * const page = await passages.query()
 *   .must((q) => q.match('text', 'union', { fuzziness: 'AUTO' }))
 *   .filter((q) => q.range('address.year', { gte: 1900 }))
 *   .aggregate((a) => ({ parties: a.terms('address.president.party', { size: 10 }) }))
 *   .search();
 */
export class SearchQuery<T, A = Readonly<Record<never, never>>> {
  constructor(
    private readonly runner: QueryRunner,
    /** What is asked, as frozen data. */
    readonly request: RequestNode = EMPTY_REQUEST,
  ) {}

  /** All must match, and count for the score. */
  must(make: ClauseMaker<T>): SearchQuery<T, A> {
    return this.add('must', make);
  }

  /** All must match, without a score: the engine caches them. */
  filter(make: ClauseMaker<T>): SearchQuery<T, A> {
    return this.add('filter', make);
  }

  /** Each that matches raises the score; without `must` and `filter` one has to. */
  should(make: ClauseMaker<T>): SearchQuery<T, A> {
    return this.add('should', make);
  }

  /** None may match. */
  mustNot(make: ClauseMaker<T>): SearchQuery<T, A> {
    return this.add('mustNot', make);
  }

  /** How many of `should` have to match: `2`, `'75%'`. */
  minimumShouldMatch(minimumShouldMatch: number | string): SearchQuery<T, A> {
    return this.with({ parts: { ...this.request.parts, minimumShouldMatch } });
  }

  /** Sorts by a field, or by `_score`; later calls break ties. */
  sort<P extends string>(
    field: '_score' | FieldPath<T, P, Sortable>,
    direction: 'asc' | 'desc' = 'asc',
    options: { readonly missing?: '_first' | '_last' } = {},
  ): SearchQuery<T, A> {
    return this.with({ sort: [...this.request.sort, { field, direction, missing: options.missing }] });
  }

  /** Marks the words found: `hit.highlights[field]`. The marks stand in text that is not escaped for HTML. */
  highlight<P extends string>(field: FieldPath<T, P>, options: HighlightOptions = {}): SearchQuery<T, A> {
    return this.with({ highlight: [...this.request.highlight, { field, options: { ...options } }] });
  }

  /** Adds aggregations under the names given; their answers are at `page.aggregations`. */
  aggregate<const B extends Aggregations>(make: (builder: AggregationBuilder<T>) => B): SearchQuery<T, A & B> {
    const aggregations = { ...this.request.aggregations, ...make(aggregationBuilder<T>()) };
    return new SearchQuery<T, A & B>(this.runner, freezeNode({ ...this.request, aggregations }));
  }

  /** `number` counts from 1. Pages end at hit 10,000. Size 0 asks for total and aggregations only. */
  page(page: { readonly number?: number; readonly size?: number }): SearchQuery<T, A> {
    return this.with({ page: { ...this.request.page, ...page } });
  }

  /** Merges parts of a request body over the compiled one, unchecked. */
  raw(body: Wire): SearchQuery<T, A> {
    return this.with({ raw: { ...this.request.raw, ...structuredClone(body) } });
  }

  /** The body that is sent. @throws SearchQueryError */
  toBody(): Wire {
    return this.runner.compile(this.request);
  }

  /** @throws SearchQueryError before anything is sent, SearchEngineUnavailableError within the deadline. */
  async search(options?: CallOptions): Promise<SearchPage<DocumentOf<T>, ResultsOf<A>>> {
    return (await this.runner.search(this.request, options)) as SearchPage<DocumentOf<T>, ResultsOf<A>>;
  }

  /** How many documents match, without fetching any. */
  count(options?: CallOptions): Promise<number> {
    return this.runner.count(this.request, options);
  }

  private add(occurrence: Occurrence, make: ClauseMaker<T>): SearchQuery<T, A> {
    const { parts } = this.request;
    const more: BoolParts = { [occurrence]: [...(parts[occurrence] ?? []), ...[make(clauseBuilder<T>())].flat()] };
    return this.with({ parts: { ...parts, ...more } });
  }

  private with(change: Partial<RequestNode>): SearchQuery<T, A> {
    return new SearchQuery<T, A>(this.runner, freezeNode({ ...this.request, ...change }));
  }
}
