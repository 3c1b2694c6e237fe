import type { EntityManager } from '@mikro-orm/core';
import type { ExplainAnswer, ValidateAnswer } from '../contracts/document-port.js';
import type {
  CallOptions,
  DocumentOptions,
  DocumentPlace,
  PointInTimeOptions,
  SearchEngine,
} from '../contracts/engine.js';
import type { Duration } from '../contracts/duration.js';
import { CALL_OPTIONS, checkCall, DOCUMENT_OPTIONS, POINT_IN_TIME_OPTIONS } from '../support/call-options.js';
import { HYDRATE, PAGINATE, STREAM } from './call-tables.js';
import type { VersionClock } from '../contracts/version-clock.js';
import { documentIdOf } from '../document/document-builder.js';
import { SearchOptionError } from '../errors/option-error.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { ResultsOf } from '../query/aggregations/aggregation.js';
import type { DocumentOf } from '../query/document-type.js';
import { wireKeepAlive } from '../query/request-window.js';
import type { RequestNode } from '../query/request.js';
import { decodeHit } from '../query/response-decoder.js';
import type { Hit, SearchPage } from '../query/search-page.js';
import { SearchQuery } from '../query/search-query.js';
import type { SuggestionsOf } from '../query/suggest.js';
import type { BulkWriter } from '../indexing/bulk-writer.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import type { DocumentPublisher } from '../indexing/document-publisher.js';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
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

/** What can be asked of the documents of one index. */
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
  count(
    make: (query: SearchQuery<T>) => SearchQuery<T, unknown, unknown, unknown> = (query) => query,
    options?: CallOptions,
  ): Promise<number> {
    return make(this.query()).count(options);
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
    return (await this.parts.engine.get(this.indexName, id, options)) as StoredDocument<T> | undefined;
  }

  /** The documents of keys in their order, all of one `routing` where the index is routed; `undefined` where there is none. */
  async getMany(
    keys: readonly PrimaryKey[],
    options?: DocumentOptions,
  ): Promise<readonly (StoredDocument<T> | undefined)[]> {
    checkCall('getMany', options, DOCUMENT_OPTIONS);
    const places = keys.map((key) => this.placeOf('getMany', key, options));
    await this.parts.targets.ready(this.untyped);
    return (await this.parts.engine.getMany(this.indexName, places, options)) as readonly (
      StoredDocument<T> | undefined
    )[];
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
    const requests = queries.map(({ request }) => ({
      index: this.indexName,
      body: this.runner.compile(request),
      parameters: this.runner.parameters(request),
    }));
    await this.parts.targets.ready(this.untyped);
    const responses = await this.parts.engine.searchMany(requests, options);
    return responses.map((response, at) => this.runner.decode(queries[at]!.request, response)) as {
      readonly [K in keyof Q]: AnswerOf<Q[K]>;
    };
  }

  /**
   * All hits, however many, in constant memory, as the index was when the first one was asked for.
   *
   * @example for await (const { id, source } of passages.stream((q) => q.must((c) => c.match('text', 'union')))) …
   */
  async *stream(
    make: QueryMaker<T> = (query) => query,
    options: StreamOptions = {},
  ): AsyncGenerator<Hit<DocumentOf<T>>, void, undefined> {
    checkCall('stream', options, STREAM);
    const { request } = make(this.query());
    const [body, { routing, preference }] = [this.runner.compile(request), request.options];
    await this.parts.targets.ready(this.untyped);
    for await (const hit of streamHits(this.parts.engine, this.indexName, body, {
      ...options,
      ...(routing === undefined ? {} : { routing }),
      ...(preference === undefined ? {} : { preference }),
    }))
      yield decodeHit(hit) as Hit<DocumentOf<T>>;
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
    const request: RequestNode = { ...make(this.query()).request, page: { number: page ?? 1, size } };
    const compiled = this.runner.compile(request);
    const sort = [...((compiled['sort'] as readonly unknown[] | undefined) ?? [{ _score: 'desc' }]), { _id: 'asc' }];
    const body = { ...compiled, sort };
    const after = cursor === undefined ? {} : { search_after: decodeCursor(body, cursor) };
    await this.parts.targets.ready(this.untyped);
    const response = await this.parts.engine.search(
      { index: this.indexName, body: { ...body, ...after }, parameters: this.runner.parameters(request) },
      options,
    );
    const answer = this.runner.decode(request, response);
    const last = answer.hits.length === size ? answer.hits.at(-1) : undefined;
    return {
      ...answer,
      size,
      pageCount: Math.ceil(answer.total / size),
      nextCursor: last && encodeCursor(body, last.sort),
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
    const query = this.runner.compileQuery(make(this.query()).request);
    await this.parts.targets.ready(this.untyped);
    return this.parts.engine.explain(this.indexName, id, query, options);
  }

  /** Whether the engine takes the query, without running it. */
  async validate(make: QueryMaker<T>, options?: CallOptions): Promise<ValidateAnswer> {
    checkCall('validate', options, CALL_OPTIONS);
    const query = this.runner.compileQuery(make(this.query()).request);
    await this.parts.targets.ready(this.untyped);
    return this.parts.engine.validate(this.indexName, query, options);
  }

  /** @internal @throws SearchOptionError where the index is routed, without `routing`. */
  protected placeOf(call: string, key: PrimaryKey, { routing }: DocumentOptions = {}): DocumentPlace {
    const { model, alias } = this.untyped;
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
