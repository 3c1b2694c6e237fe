import type { EntityManager } from '@mikro-orm/core';
import type { ExplainAnswer, ValidateAnswer } from '../contracts/document-port.js';
import type {
  CallOptions,
  DocumentOptions,
  DocumentPlace,
  PointInTimeOptions,
  SearchEngine,
  SearchResponse,
} from '../contracts/engine.js';
import type { Duration } from '../contracts/duration.js';
import { CALL_OPTIONS, checkCall, DOCUMENT_OPTIONS, POINT_IN_TIME_OPTIONS } from '../support/call-options.js';
import { HYDRATE, PAGINATE, STREAM } from './call-tables.js';
import type { VersionClock } from '../contracts/version-clock.js';
import { documentIdOf, type DocumentKey } from '../document/document-builder.js';
import { assertKey } from '../document/document-key.js';
import { SearchQueryError } from '../errors/query.errors.js';
import { SearchOptionError } from '../errors/option-error.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { ResultsOf } from '../query/aggregations/aggregation.js';
import type { DocumentOf } from '../query/document-type.js';
import { assertCarried } from '../query/call-parts.js';
import { unusable } from '../query/unusable.js';
import type { Wire } from '../query/wire-value.js';
import { sortValue, wireKeepAlive } from '../query/request-window.js';
import type { RequestNode } from '../query/request.js';
import type { EntityHit, SearchPage } from '../query/search-page.js';
import { SearchQuery, type NoneAsked } from '../query/search-query.js';
import type { SuggestionsOf } from '../query/suggest.js';
import type { BulkWriter } from '../indexing/bulk-writer.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { askPage, pagedBody } from './page-request.js';
import type { DocumentPublisher } from '../indexing/document-publisher.js';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
import { keyOfId } from '../rows/fitting-keys.js';
import { streamHits, type StreamOptions } from './hit-stream.js';
import { hydrate, type HydrateOptions, type Hydrated } from '../rows/hydration.js';
import type { IndexAdmin } from '../indexing/index-admin.js';
import { IndexRunner } from './index-runner.js';
import type { IndexTargets } from '../indexing/index-targets.js';
import type { AnswerOf, AnyQuery, PaginateOptions, Paging, QueryMaker, StoredDocument } from './repository-calls.js';

export interface RepositoryParts {
  readonly engine: SearchEngine;
  readonly admin: IndexAdmin;
  readonly targets: IndexTargets;
  readonly clock: VersionClock;
  readonly reader: EntityReader;
  readonly writer: BulkWriter;
  readonly publisher: DocumentPublisher;
}

/** All reads of the documents of one index. */
export abstract class DocumentReads<T extends object> {
  /** @internal */
  protected readonly definition: IndexDefinition<T>;
  /** @internal */
  protected readonly parts: RepositoryParts;
  /** @internal */
  protected readonly runner: IndexRunner;

  /** @internal The library makes it. */
  constructor(definition: IndexDefinition<T>, parts: RepositoryParts) {
    this.definition = definition;
    this.parts = parts;
    this.runner = new IndexRunner(this.untyped, parts.engine, parts.targets);
  }

  /** The alias that searches go to. */
  get indexName(): string {
    return this.definition.alias;
  }

  /** Begins a search. */
  query(): SearchQuery<T> {
    return new SearchQuery<T>(this.runner);
  }

  /** @example await passages.search((q) => q.must((c) => c.match('text', 'union')).page({ size: 5 })) */
  search<A, S, G>(
    make: (query: SearchQuery<T>) => SearchQuery<T, A, S, G>,
    options?: CallOptions,
  ): Promise<SearchPage<S, ResultsOf<A>, SuggestionsOf<G>>> {
    return make(this.query()).search(options);
  }

  /** How many documents match; all of them without `make`. */
  count(make: QueryMaker<T> = (query) => query, options?: CallOptions): Promise<number> {
    return make(this.query()).count(options);
  }

  /**
   * The aggregations of what matches, without hits.
   *
   * @example
   * const { parties } = await passages.aggregate((q) => q.aggregate((a) => ({ parties: a.terms('address.president.party') })));
   */
  aggregate<A, S>(
    make: (query: SearchQuery<T>) => SearchQuery<T, A, S, NoneAsked>,
    options?: CallOptions,
  ): Promise<ResultsOf<A>> {
    return make(this.query()).aggregations(options);
  }

  /**
   * Keeps the state of the index for searches that page through it: give the id to `query().pointInTime(id)`.
   *
   * @param keepAlive how long it lives after each use, such as `1m`, or milliseconds.
   * @param options of which shards and copies it keeps the state: `routing` and `preference`; all shards when absent.
   */
  async openPointInTime(keepAlive: Duration = '1m', options?: PointInTimeOptions): Promise<string> {
    checkCall('openPointInTime', options, POINT_IN_TIME_OPTIONS);
    const keptFor = wireKeepAlive(keepAlive);
    await this.parts.targets.ready(this.untyped);
    return this.parts.engine.openPointInTime(this.indexName, keptFor, options);
  }

  /** Frees what a point in time holds on the server. */
  async closePointInTime(id: string, options?: CallOptions): Promise<void> {
    checkCall('closePointInTime', options, CALL_OPTIONS);
    return this.parts.engine.closePointInTime(id, options);
  }

  /**
   * The document of a key as the index has it, also before a refresh. The key is the primary key, or what `id` names.
   *
   * @throws SearchOptionError where the index is routed, without `routing`.
   */
  async get(key: PrimaryKey, options?: DocumentOptions): Promise<StoredDocument<T> | undefined> {
    checkCall('get', options, DOCUMENT_OPTIONS);
    const { id } = this.placeOf('get', key, options);
    await this.parts.targets.ready(this.untyped);
    const found = await this.parts.engine.get(this.indexName, id, options);
    return found && (this.runner.decodeDocument(found) as StoredDocument<T>);
  }

  /** The documents of keys in their order, all of one `routing` where the index is routed; `undefined` where there is none. */
  async getMany(
    keys: readonly PrimaryKey[],
    options?: DocumentOptions,
  ): Promise<readonly (StoredDocument<T> | undefined)[]> {
    checkCall('getMany', options, DOCUMENT_OPTIONS);
    const places = keys.map((key) => this.placeOf('getMany', key, options));
    await this.parts.targets.ready(this.untyped);
    const found = await this.parts.engine.getMany(this.indexName, places, options);
    return found.map((document) => document && (this.runner.decodeDocument(document) as StoredDocument<T>));
  }

  async exists(key: PrimaryKey, options?: DocumentOptions): Promise<boolean> {
    checkCall('exists', options, DOCUMENT_OPTIONS);
    const { id } = this.placeOf('exists', key, options);
    await this.parts.targets.ready(this.untyped);
    return this.parts.engine.exists(this.indexName, id, options);
  }

  /** Several searches in one request, answered in their order. One that is refused rejects all. */
  async searchMany<const Q extends readonly AnyQuery[]>(
    queries: Q,
    options?: CallOptions,
  ): Promise<{ readonly [K in keyof Q]: AnswerOf<Q[K]> }> {
    checkCall('searchMany', options, CALL_OPTIONS);
    for (const { runner, request } of queries) {
      if (runner !== this.runner)
        throw new SearchQueryError(
          'searchMany',
          `searchMany() of ${this.indexName} is given a query of another repository: give each repository its own`,
        );
      assertCarried('searchMany', request);
    }
    const compiled = queries.map(({ request }) => ({
      body: this.runner.compile(request),
      parameters: this.runner.parameters(request),
    }));
    const targets = await Promise.all(queries.map(({ request }) => this.runner.target(request, options)));
    const requests = compiled.map((one, at) => ({ ...targets[at], ...one }));
    const responses = await this.parts.engine.searchMany(requests, options);
    return responses.map((response, at) => this.runner.decode(queries[at]!.request, response)) as {
      readonly [K in keyof Q]: AnswerOf<Q[K]>;
    };
  }

  /**
   * All hits, however many, in constant memory, as the index was when the first one was read.
   *
   * @example for await (const { id, source } of passages.stream((q) => q.must((c) => c.match('text', 'union')))) …
   */
  async *stream<S = DocumentOf<T>>(
    make: QueryMaker<T, S> = (query) => query as unknown as ReturnType<QueryMaker<T, S>>,
    options: StreamOptions = {},
  ): AsyncGenerator<EntityHit<S>, void, undefined> {
    checkCall('stream', options, STREAM);
    const { request } = make(this.query());
    assertCarried('stream', request);
    const body = this.runner.compileContinued(request);
    // A point in time has its shards and copies from its beginning.
    const { routing, preference, ...parameters } = this.runner.parameters(request);
    const index = await this.runner.indexOf(request, options);
    for await (const hit of streamHits(this.parts.engine, index, body, parameters, {
      ...options,
      ...(routing === undefined ? {} : { routing: routing as string }),
      ...(preference === undefined ? {} : { preference: preference as string }),
    }))
      yield this.runner.decodeHit(request, hit) as EntityHit<S>;
  }

  /**
   * One page, by number (which ends at hit 10,000) or by the cursor of the page before, which has no end. Between
   * pages the index may change: a cursor goes on after the last hit, so no hit comes twice.
   *
   * @example
   * const first = await passages.paginate((q) => q.sort('address.year'), { size: 20 });
   * const second = await passages.paginate((q) => q.sort('address.year'), { size: 20, cursor: first.nextCursor });
   */
  async paginate<Q extends AnyQuery>(
    make: (query: SearchQuery<T>) => Q,
    paging: PaginateOptions = {},
  ): Promise<AnswerOf<Q> & Paging> {
    checkCall('paginate', paging, PAGINATE);
    const { size = 20, page, cursor, ...options } = paging;
    if (size === 0) throw unusable('page.size', 'page.size must be a whole number of 1 or more', size);
    const asked = make(this.query()).request;
    assertCarried('paginate', asked);
    const request: RequestNode = { ...asked, page: { number: page ?? 1, size } };
    const paged = pagedBody(this.runner.compileContinued(request), size);
    const after = cursor === undefined ? {} : { search_after: decodeCursor(paged.body, cursor).map(sortValue) };
    const parameters = this.runner.parameters(request);
    const target = await this.runner.target(request, options);
    const ask = (more: Wire): Promise<SearchResponse> =>
      this.parts.engine.search({ ...target, body: { ...paged.body, ...more }, parameters }, options);
    const { response, last } = await askPage(ask, paged, after, size);
    const answer = this.runner.decode(request, response);
    return {
      ...answer,
      size,
      pageCount: Math.ceil(answer.total / size),
      nextCursor: last && encodeCursor(paged.body, last),
    } as unknown as AnswerOf<Q> & Paging;
  }

  /** The entities behind hits, managed by `em` and in the order of the hits, with one query. */
  async hydrate(
    em: EntityManager,
    hits: readonly { readonly id: string }[],
    options?: HydrateOptions,
  ): Promise<Hydrated<T>> {
    checkCall('hydrate', options, HYDRATE);
    return hydrate(this.definition.model, em, hits, options);
  }

  /** Why a document matches, or does not. @throws SearchNotFoundError when there is no such document. */
  async explain(key: PrimaryKey, make: QueryMaker<T>, options?: DocumentOptions): Promise<ExplainAnswer> {
    checkCall('explain', options, DOCUMENT_OPTIONS);
    const { id } = this.placeOf('explain', key, options);
    const { request } = make(this.query());
    assertCarried('explain', request);
    const query = this.runner.compileQuery(request);
    const index = await this.runner.indexOf(request, options);
    return this.parts.engine.explain(index, id, query, options);
  }

  /** Whether the engine accepts the query, without running it. */
  async validate(make: QueryMaker<T>, options?: CallOptions): Promise<ValidateAnswer> {
    checkCall('validate', options, CALL_OPTIONS);
    const { request } = make(this.query());
    assertCarried('validate', request);
    const query = this.runner.compileQuery(request);
    const index = await this.runner.indexOf(request, options);
    return this.parts.engine.validate(index, query, options);
  }

  /**
   * The key that the id of a hit stands for, with its types: `7`, `[1, 'a:b']` for `1:a~:b`. An id that is none of this
   * index is given back as it is.
   */
  keyOf(id: string): DocumentKey {
    return keyOfId(this.untyped.model, id);
  }

  /** @internal @throws SearchOptionError where the index is routed, without `routing`. */
  protected placeOf(call: string, key: PrimaryKey, { routing }: DocumentOptions = {}): DocumentPlace {
    const { model, alias } = this.untyped;
    assertKey(call, model, key);
    if (model.routing && routing === undefined)
      throw new SearchOptionError([
        {
          option: `${call}.routing`,
          requirement: `is needed: ${alias} is routed by ${model.routing.label}`,
          received: routing,
        },
      ]);
    return { id: documentIdOf(model, key), routing };
  }

  /** @internal */
  protected get untyped(): IndexDefinition {
    return this.definition;
  }
}
