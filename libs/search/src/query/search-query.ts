import type { Duration } from '../contracts/duration.js';
import type { CallOptions } from '../contracts/engine.js';
import { CALL_OPTIONS, checkCall } from '../support/call-options.js';
import { REQUEST_OPTIONS } from './request-options.js';
import {
  aggregationBuilder,
  type Aggregation,
  type AggregationBuilder,
  type Aggregations,
  type ResultsOf,
} from './aggregations/aggregation.js';
import { everyBucket, type CompositeResult } from './aggregations/composite.js';
import { assertCarried } from './call-parts.js';
import { clauseBuilder, type Clause, type ClauseBuilder } from './clauses/clause.js';
import type { BoolParts } from './clauses/compound.js';
import type { Dated, DocumentOf, PartOf } from './document-type.js';
import type { FieldPath, Sortable } from './field-path.js';
import { frozenCopy } from './freeze.js';
import type { GeoPoint, GeoValue } from './geo-point.js';
import type { HighlightEncoder, HighlightOptions } from './highlight.js';
import {
  EMPTY_REQUEST,
  type CollapseOptions,
  type RequestNode,
  type RequestOptions,
  type RescoreOptions,
  type SourceFilter,
} from './request.js';
import type { Script } from './script.js';
import { indexNameProblem } from '../mapping/index-name.js';
import { unusable } from './unusable.js';
import type { SearchPage } from './search-page.js';
import type { Direction, DistanceSortOptions, SortOptions } from './sort.js';
import { suggestBuilder, type SuggestBuilder, type Suggestions, type SuggestionsOf } from './suggest.js';
import { assertWhole } from './whole-answer.js';
import type { Wire } from './wire-value.js';

declare const ASKED: unique symbol;

type Occurrence = 'must' | 'filter' | 'should' | 'mustNot';
/** No aggregations, or no suggestions. */
export type NoneAsked = Readonly<Record<never, never>>;

/** Of aggregations or suggestions; any where a type leaves them open. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- assignable both ways
export type NamesOf<A> = unknown extends A ? any : keyof A;

/** Makes one clause, or several. */
export type ClauseMaker<T> = (builder: ClauseBuilder<T>) => Clause | readonly Clause[];

/** Who answers a query. */
export interface QueryRunner {
  compile(request: RequestNode): Wire;
  search(request: RequestNode, options?: CallOptions): Promise<SearchPage<unknown, unknown, unknown>>;
  count(request: RequestNode, options?: CallOptions): Promise<number>;
}

/**
 * An immutable search: each method returns a new one, so that a common part can be kept and extended. Fields,
 * operators and values are checked against `T` by the compiler, and against the mapping before anything is sent.
 * `A` is the aggregations requested, `S` what comes of each document, `G` the suggestions.
 *
 * @example
 * const page = await passages.query()
 *   .must((q) => q.match('text', 'union', { fuzziness: 'AUTO' }))
 *   .filter((q) => q.range('address.year', { gte: 1900 }))
 *   .aggregate((a) => ({ parties: a.terms('address.president.party', { size: 10 }) }))
 *   .search();
 */
export class SearchQuery<T, A = NoneAsked, S = DocumentOf<T>, G = NoneAsked> {
  /** In the type alone: a call that answers with no aggregations, or no suggestions, accepts no query that has some. */
  declare readonly [ASKED]?: Readonly<{ aggregations: NamesOf<A>; suggestions: NamesOf<G> }>;

  constructor(
    /** @internal */
    readonly runner: QueryRunner,
    /** The query as frozen data. */
    readonly request: RequestNode = EMPTY_REQUEST,
  ) {}

  /** All must match, and count for the score. */
  must(make: ClauseMaker<T>): SearchQuery<T, A, S, G> {
    return this.add('must', make);
  }

  /** All must match, without a score: the engine caches them. */
  filter(make: ClauseMaker<T>): SearchQuery<T, A, S, G> {
    return this.add('filter', make);
  }

  /** Each that matches raises the score; without `must` and `filter` one has to. */
  should(make: ClauseMaker<T>): SearchQuery<T, A, S, G> {
    return this.add('should', make);
  }

  /** None may match. */
  mustNot(make: ClauseMaker<T>): SearchQuery<T, A, S, G> {
    return this.add('mustNot', make);
  }

  /** How many of `should` have to match: `2`, `'75%'`. */
  minimumShouldMatch(minimumShouldMatch: number | string): SearchQuery<T, A, S, G> {
    return this.with({ parts: { ...this.request.parts, minimumShouldMatch } });
  }

  /** Narrows the hits, not what is aggregated: for facets that show what else there is. All must match. */
  postFilter(make: ClauseMaker<T>): SearchQuery<T, A, S, G> {
    return this.with({ postFilter: [...this.request.postFilter, ...clausesOf(make)] });
  }

  /** Sorts by a field, by `_score` or by `_doc`; later calls break ties. A field inside a nested one may be named too. */
  sort<P extends string>(
    field: '_score' | '_doc' | FieldPath<T, P, Sortable>,
    direction: Direction = 'asc',
    options: SortOptions | ((builder: ClauseBuilder<T>) => SortOptions) = {},
  ): SearchQuery<T, A, S, G> {
    const made = typeof options === 'function' ? options(clauseBuilder<T>()) : options;
    return this.with({ sort: [...this.request.sort, { by: 'field', field, direction, options: made }] });
  }

  /** The nearest first; `hit.sort` holds the distance. */
  sortByDistance<P extends string>(
    field: FieldPath<T, P, GeoValue>,
    from: GeoPoint | readonly GeoPoint[],
    options: DistanceSortOptions = {},
  ): SearchQuery<T, A, S, G> {
    return this.with({ sort: [...this.request.sort, { by: 'distance', field, from: [from].flat(), options }] });
  }

  sortByScript(type: 'number' | 'string', script: Script, direction: Direction = 'asc'): SearchQuery<T, A, S, G> {
    return this.with({ sort: [...this.request.sort, { by: 'script', type, script, direction }] });
  }

  /** Marks the words found: `hit.highlights[field]`. The text around the marks is not escaped, unless `highlightEncoder('html')` is set. */
  highlight<P extends string>(
    field: FieldPath<T, P>,
    options: HighlightOptions | ((builder: ClauseBuilder<T>) => HighlightOptions) = {},
  ): SearchQuery<T, A, S, G> {
    const made = typeof options === 'function' ? options(clauseBuilder<T>()) : options;
    return this.with({ highlight: [...this.request.highlight, { field, options: made }] });
  }

  highlightEncoder(highlightEncoder: HighlightEncoder): SearchQuery<T, A, S, G> {
    return this.with({ highlightEncoder });
  }

  /** Adds aggregations under the names given; their answers are at `page.aggregations`. */
  aggregate<const B extends Aggregations>(make: (builder: AggregationBuilder<T>) => B): SearchQuery<T, A & B, S, G> {
    return this.with({ aggregations: { ...this.request.aggregations, ...make(aggregationBuilder<T>()) } });
  }

  /** Adds suggestions under the names given; their answers are at `page.suggestions`. */
  suggest<const B extends Suggestions>(make: (builder: SuggestBuilder<T>) => B): SearchQuery<T, A, S, G & B> {
    return this.with({ suggest: { ...this.request.suggest, ...make(suggestBuilder<T>()) } });
  }

  /** `number` counts from 1, `from` from 0. Pages end at hit 10,000. Size 0 reads total and aggregations only. */
  page(
    page: Readonly<{ number?: number; size?: number; from?: never } | { from: number; size?: number; number?: never }>,
  ): SearchQuery<T, A, S, G> {
    const size = page.size ?? this.request.page.size;
    if (page.from !== undefined) return this.with({ page: { from: page.from, size } });
    const number = page.number ?? ('number' in this.request.page ? this.request.page.number : 1);
    return this.with({ page: { number, size } });
  }

  /** Goes on after a hit of the same order, at any depth: `searchAfter(hit.sort)`. The order should end in a field without ties. */
  searchAfter(searchAfter: readonly unknown[]): SearchQuery<T, A, S, G> {
    return this.with({ searchAfter });
  }

  /** Searches the state that `openPointInTime()` kept. `keepAlive` (`'1m'`) makes it live on from now. */
  pointInTime(id: string, keepAlive?: Duration): SearchQuery<T, A, S, G> {
    return this.with({ pointInTime: { id, keepAlive } });
  }

  /**
   * Asks another index of the model in place of the living one, by its full name: one that a migration has made or
   * replaced, or an alias of them. Fields are still those of the model; one that the index lacks matches nothing.
   *
   * @example passages.query().inIndex('dev-passages-v2-3f2a9c01')
   * @throws SearchQueryError for what is no name; and, when it is sent, for an index of another model.
   */
  inIndex(index: string): SearchQuery<T, A, S, G> {
    const problem = typeof index === 'string' ? indexNameProblem(index) : 'must be the name of an index or alias';
    if (problem !== undefined) throw unusable('inIndex', `the name given to inIndex ${problem}`, index);
    return this.with({ inIndex: index });
  }

  /** Brings only a part of each document, or none of it. */
  source(source: false): SearchQuery<T, A, undefined, G>;
  source<const P extends string>(paths: readonly FieldPath<T, P>[]): SearchQuery<T, A, PartOf<DocumentOf<T>>, G>;
  source(filter: SourceFilter): SearchQuery<T, A, PartOf<DocumentOf<T>>, G>;
  source(source: false | readonly string[] | SourceFilter): SearchQuery<T, A, never, G> {
    return this.with({
      source: Array.isArray(source) ? { includes: source as readonly string[] } : (source as false | SourceFilter),
      dates: false,
    });
  }

  /** Brings dates of hits as Date, where the entity has them so; call it after `source()`. Best hits of aggregations, and streams, keep them as text. */
  dates(): SearchQuery<T, A, Dated<T, S>, G> {
    return this.with({ dates: true });
  }

  /** Only the best hit of each value of a keyword or number. `page.total` still counts all. */
  collapse<P extends string>(field: FieldPath<T, P, Sortable>, options: CollapseOptions = {}): SearchQuery<T, A, S, G> {
    return this.with({ collapse: { field, options } });
  }

  /** Scores the best hits again, by a query that would cost too much for all. */
  rescore(make: (builder: ClauseBuilder<T>) => Clause, options: RescoreOptions = {}): SearchQuery<T, A, S, G> {
    return this.with({ rescore: [...this.request.rescore, { query: make(clauseBuilder<T>()), options }] });
  }

  /** How the search is carried out: `options({ minScore: 1, routing: 'a' })`. Later calls add to earlier ones. @throws SearchOptionError for a name that is none. */
  options(options: RequestOptions): SearchQuery<T, A, S, G> {
    checkCall('query.options', options, REQUEST_OPTIONS);
    return this.with({ options: { ...this.request.options, ...options } });
  }

  /** Merges parts of a request body over the compiled one, unchecked. */
  raw(body: Wire): SearchQuery<T, A, S, G> {
    return this.with({ raw: { ...this.request.raw, ...structuredClone(body) } });
  }

  /** The body that is sent. @throws SearchQueryError */
  toBody(): Wire {
    return this.runner.compile(this.request);
  }

  /** @throws SearchQueryError before anything is sent, SearchEngineUnavailableError within the deadline. */
  async search(options?: CallOptions): Promise<SearchPage<S, ResultsOf<A>, SuggestionsOf<G>>> {
    checkCall('search', options, CALL_OPTIONS);
    assertCarried('search', this.request);
    return (await this.runner.search(this.request, options)) as SearchPage<S, ResultsOf<A>, SuggestionsOf<G>>;
  }

  /**
   * The aggregations alone, without hits.
   *
   * @throws SearchQueryError for a part that is about hits, such as `sort`.
   */
  async aggregations(this: SearchQuery<T, A, S, NoneAsked>, options?: CallOptions): Promise<ResultsOf<A>> {
    checkCall('aggregate', options, CALL_OPTIONS);
    assertCarried('aggregate', this.request);
    const page = await this.runner.search(withoutHits(this.request), options);
    assertWhole('search', page.timedOut);
    return page.aggregations as ResultsOf<A>;
  }

  /**
   * How many documents match, those that `postFilter` leaves out not among them.
   *
   * @throws SearchQueryError for a part that changes no count, such as `sort` or `page`.
   */
  async count(this: SearchQuery<T, NoneAsked, S, NoneAsked>, options?: CallOptions): Promise<number> {
    checkCall('count', options, CALL_OPTIONS);
    assertCarried('count', this.request);
    return this.runner.count(this.request, options);
  }

  /**
   * All buckets of a composite aggregation over what matches, page by page as they are read.
   *
   * @example
   * for await (const { key, count } of query.everyBucket((a) => a.composite((s) => ({ year: s.terms('address.year') })))) …
   */
  everyBucket<B>(
    this: SearchQuery<T, NoneAsked, S, NoneAsked>,
    make: (builder: AggregationBuilder<T>) => Aggregation<CompositeResult<B>>,
    options?: CallOptions,
  ): AsyncGenerator<B, void, undefined> {
    checkCall('everyBucket', options, CALL_OPTIONS);
    assertCarried('everyBucket', this.request);
    return everyBucket<B>(make(aggregationBuilder<T>()), async (all) => {
      const request = frozenCopy({ ...withoutHits(this.request), aggregations: { all } });
      const page = await this.runner.search(request, options);
      assertWhole('search', page.timedOut);
      return (page.aggregations as { all: CompositeResult<B> }).all;
    });
  }

  private add(occurrence: Occurrence, make: ClauseMaker<T>): SearchQuery<T, A, S, G> {
    const { parts } = this.request;
    const more: BoolParts = { [occurrence]: [...(parts[occurrence] ?? []), ...clausesOf(make)] };
    return this.with({ parts: { ...parts, ...more } });
  }

  private with<A2 = A, S2 = S, G2 = G>(change: Partial<RequestNode>): SearchQuery<T, A2, S2, G2> {
    return new SearchQuery<T, A2, S2, G2>(this.runner, frozenCopy({ ...this.request, ...change }));
  }
}

function withoutHits(request: RequestNode): RequestNode {
  return { ...request, page: { from: 0, size: 0 }, options: { ...request.options, trackTotalHits: false } };
}

function clausesOf<T>(make: ClauseMaker<T>): readonly Clause[] {
  return [make(clauseBuilder<T>())].flat();
}
