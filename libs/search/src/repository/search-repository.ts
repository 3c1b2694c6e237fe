import type { EntityManager } from '@mikro-orm/core';
import type { EngineScript, ExplainAnswer, UpdateAnswer, ValidateAnswer } from '../contracts/document-port.js';
import type { CallOptions, SearchEngine } from '../contracts/engine.js';
import type { VersionClock } from '../contracts/version-clock.js';
import { documentIdOf } from '../document/document-builder.js';
import { SearchOptionError } from '../errors/model.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { DocumentOf } from '../query/document-type.js';
import type { ResultsOf } from '../query/aggregations/aggregation.js';
import { SearchQuery } from '../query/search-query.js';
import type { SuggestionsOf } from '../query/suggest.js';
import { wireKeepAlive } from '../query/request-window.js';
import type { RequestNode } from '../query/request.js';
import { decodeHit } from '../query/response-decoder.js';
import type { Hit, SearchPage } from '../query/search-page.js';
import { assertAllWritten } from './bulk-report.js';
import type { IndexAdmin } from './index-admin.js';
import { ByQueryTask } from './by-query-task.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { versioned } from './document-operations.js';
import { streamHits, type StreamOptions } from './hit-stream.js';
import { hydrate, type HydrateOptions, type Hydrated } from './hydration.js';
import { IndexControl } from './index-control.js';
import type { BulkWriter } from './bulk-writer.js';
import type { DocumentPublisher } from './document-publisher.js';
import { keyOf, type EntityReader, type PrimaryKey } from './entity-reader.js';
import { IndexRunner } from './index-runner.js';
import type { IndexTargets } from './index-targets.js';
import {
  wireChange, type AnswerOf, type AnyQuery, type ByQueryOptions, type ChangeOptions, type DocumentChange, type DocumentOperation, type IndexAllOptions,
  type IndexAllProgress, type PaginateOptions, type Paging, type QueryMaker, type StoredDocument, type UpdateOptions,
} from './repository-calls.js';

export interface RepositoryParts {
  readonly engine: SearchEngine;
  readonly admin: IndexAdmin;
  readonly targets: IndexTargets;
  readonly clock: VersionClock;
  readonly reader: EntityReader;
  readonly writer: BulkWriter;
  readonly publisher: DocumentPublisher;
}

/**
 * The documents of one entity. Every call ends within its deadline and rejects with a `SearchError`:
 * `SearchEngineUnavailableError` when the engine is away, `SearchBulkError` when documents were refused.
 */
export class SearchRepository<T extends object> {
  private readonly runner: IndexRunner;
  /** The index itself: its state, settings, aliases and figures. */
  readonly control: IndexControl;

  constructor(
    private readonly definition: IndexDefinition<T>,
    private readonly parts: RepositoryParts,
  ) {
    this.runner = new IndexRunner(this.untyped, parts.engine, parts.targets);
    this.control = new IndexControl(this.untyped, parts.engine, parts.admin);
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
  search<A, S, G>(make: (query: SearchQuery<T>) => SearchQuery<T, A, S, G>, options?: CallOptions): Promise<SearchPage<S, ResultsOf<A>, SuggestionsOf<G>>> {
    return make(this.query()).search(options);
  }

  /** How many documents match; all of them without `make`. */
  count(make: (query: SearchQuery<T>) => SearchQuery<T, unknown, unknown, unknown> = (query) => query, options?: CallOptions): Promise<number> {
    return make(this.query()).count(options);
  }

  /**
   * Keeps the state of the index for searches that page through it: give the id to `query().pointInTime(id)`.
   *
   * @param keepAlive how long it lives after each use, such as `1m`.
   */
  async openPointInTime(keepAlive = '1m', options?: CallOptions): Promise<string> {
    wireKeepAlive(keepAlive);
    await this.parts.targets.of(this.untyped);
    return this.parts.engine.openPointInTime(this.indexName, keepAlive, options);
  }

  /** Frees what a point in time holds on the server. */
  closePointInTime(id: string, options?: CallOptions): Promise<void> {
    return this.parts.engine.closePointInTime(id, options);
  }

  /** The document of a primary key as the index has it, also before a refresh. */
  async get(key: PrimaryKey, options?: CallOptions): Promise<StoredDocument<T> | undefined> {
    await this.parts.targets.ready(this.untyped);
    return (await this.parts.engine.get(this.indexName, documentIdOf(key), options)) as StoredDocument<T> | undefined;
  }

  /** The documents of primary keys in their order; `undefined` where there is none. */
  async getMany(keys: readonly PrimaryKey[], options?: CallOptions): Promise<readonly (StoredDocument<T> | undefined)[]> {
    await this.parts.targets.of(this.untyped);
    return (await this.parts.engine.getMany(this.indexName, keys.map(documentIdOf), options)) as readonly (StoredDocument<T> | undefined)[];
  }

  async exists(key: PrimaryKey, options?: CallOptions): Promise<boolean> {
    await this.parts.targets.of(this.untyped);
    return this.parts.engine.exists(this.indexName, documentIdOf(key), options);
  }

  /** Several searches in one request, answered in their order. One that is refused rejects all. */
  async searchMany<const Q extends readonly AnyQuery[]>(queries: Q, options?: CallOptions): Promise<{ readonly [K in keyof Q]: AnswerOf<Q[K]> }> {
    const requests = queries.map(({ request }) => ({ index: this.indexName, body: this.runner.compile(request) }));
    await this.parts.targets.of(this.untyped);
    const responses = await this.parts.engine.searchMany(requests, options);
    return responses.map((response, at) => this.runner.decode(queries[at]!.request, response)) as { readonly [K in keyof Q]: AnswerOf<Q[K]> };
  }

  /**
   * All hits, however many, in constant memory, as the index was when the first one was asked for.
   *
   * @example for await (const { id, source } of passages.stream((q) => q.must((c) => c.match('text', 'union')))) …
   */
  async *stream(make: QueryMaker<T> = (query) => query, options: StreamOptions = {}): AsyncGenerator<Hit<DocumentOf<T>>, void, undefined> {
    const body = this.runner.compile(make(this.query()).request);
    await this.parts.targets.of(this.untyped);
    for await (const hit of streamHits(this.parts.engine, this.indexName, body, options)) yield decodeHit(hit) as Hit<DocumentOf<T>>;
  }

  /**
   * One page, by number (which ends at hit 10,000) or by the cursor of the page before, which has no end. Between
   * pages the index may change: a cursor goes on after the last hit, so nothing is told twice.
   *
   * @example
   * const first = await passages.paginate((q) => q.sort('address.year'), { size: 20 });
   * const second = await passages.paginate((q) => q.sort('address.year'), { size: 20, cursor: first.nextCursor });
   */
  async paginate<Q extends AnyQuery>(make: (query: SearchQuery<T>) => Q, { size = 20, page, cursor, ...options }: PaginateOptions = {}): Promise<AnswerOf<Q> & Paging> {
    const request: RequestNode = { ...make(this.query()).request, page: { number: page ?? 1, size } };
    const compiled = this.runner.compile(request);
    const sort = [...((compiled['sort'] as readonly unknown[] | undefined) ?? [{ _score: 'desc' }]), { _id: 'asc' }];
    const body = { ...compiled, sort };
    const after = cursor === undefined ? {} : { search_after: decodeCursor(body, cursor) };
    await this.parts.targets.of(this.untyped);
    const response = await this.parts.engine.search({ index: this.indexName, body: { ...body, ...after } }, options);
    const answer = this.runner.decode(request, response);
    const last = answer.hits.length === size ? answer.hits.at(-1) : undefined;
    return { ...answer, size, pageCount: Math.ceil(answer.total / size), nextCursor: last && encodeCursor(body, last.sort) } as unknown as AnswerOf<Q> & Paging;
  }

  /** The entities behind hits, managed by `em` and in the order of the hits, with one query. */
  hydrate(em: EntityManager, hits: readonly { readonly id: string }[], options?: HydrateOptions): Promise<Hydrated<T>> {
    return hydrate(this.definition.model, em, hits, options);
  }

  /** Why a document matches, or does not. @throws SearchNotFoundError when there is no such document. */
  async explain(key: PrimaryKey, make: QueryMaker<T>, options?: CallOptions): Promise<ExplainAnswer> {
    const query = this.runner.compileQuery(make(this.query()).request);
    await this.parts.targets.of(this.untyped);
    return this.parts.engine.explain(this.indexName, documentIdOf(key), query, options);
  }

  /** Whether the engine takes the query, without running it. */
  async validate(make: QueryMaker<T>, options?: CallOptions): Promise<ValidateAnswer> {
    const query = this.runner.compileQuery(make(this.query()).request);
    await this.parts.targets.of(this.untyped);
    return this.parts.engine.validate(this.indexName, query, options);
  }

  /**
   * Changes a document in place. The database knows nothing of it: the next `index()` of its row replaces it.
   *
   * @example await passages.update(1, { script: { source: 'ctx._source.position += params.by', params: { by: 2 } } });
   * @throws SearchNotFoundError without `upsert`, SearchVersionConflictError.
   */
  async update(key: PrimaryKey, change: DocumentChange<T>, options: UpdateOptions = {}): Promise<UpdateAnswer> {
    const { ifSeqNo, ifPrimaryTerm, retryOnConflict, ...call } = options;
    const conditional = ifSeqNo !== undefined || ifPrimaryTerm !== undefined;
    if (conditional && (ifSeqNo === undefined || ifPrimaryTerm === undefined)) throw new SearchOptionError('update({ ifSeqNo, ifPrimaryTerm })', 'must be given together, as get() returns them', { ifSeqNo, ifPrimaryTerm });
    if (conditional && retryOnConflict !== undefined) throw new SearchOptionError('update({ retryOnConflict })', 'cannot go with `ifSeqNo`: read the document again instead', retryOnConflict);
    await this.parts.targets.of(this.untyped);
    const when = conditional ? { ifSeqNo: ifSeqNo!, ifPrimaryTerm: ifPrimaryTerm! } : { retryOnConflict: retryOnConflict ?? 3 };
    const answer = await this.parts.engine.update({ index: this.indexName, id: documentIdOf(key), ...wireChange(change), ...when }, call);
    await this.refreshIf(options);
    return answer;
  }

  /** Starts a change of all documents that match; resolves when it has started. */
  updateByQuery(make: QueryMaker<T>, { script, ...options }: ByQueryOptions & { readonly script: EngineScript }): Promise<ByQueryTask> {
    return this.startByQuery('update', make, script, options);
  }

  /** Starts the deletion of all documents that match; resolves when it has started. `(query) => query` is all of them. */
  deleteByQuery(make: QueryMaker<T>, options: ByQueryOptions = {}): Promise<ByQueryTask> {
    return this.startByQuery('delete', make, undefined, options);
  }

  /**
   * Brings the documents of these entities to what the database holds now: it reads them again, after their commit,
   * so that an older state never replaces a newer one. The document of a row that is gone is deleted.
   */
  async index(entities: T | readonly T[], options?: ChangeOptions): Promise<void> {
    const keys = [entities].flat().map((entity) => keyOf(this.untyped.model, entity as object));
    assertAllWritten(await this.parts.publisher.publish(this.untyped, keys, options));
    await this.refreshIf(options);
  }

  /** Deletes documents by entity or primary key, whatever the database says. */
  async delete(entitiesOrKeys: T | PrimaryKey | readonly (T | PrimaryKey)[], options?: ChangeOptions): Promise<void> {
    const keys = [entitiesOrKeys].flat().map((one) => (typeof one === 'object' ? keyOf(this.untyped.model, one as object) : (one as PrimaryKey)));
    await this.bulk(keys.map((id) => ({ action: 'delete', id })), options);
  }

  /**
   * Writes documents built by hand, any number of them in constant memory: operations are taken from their source as
   * they are sent. Of several operations on one document the last counts.
   */
  async bulk(operations: Iterable<DocumentOperation<T>> | AsyncIterable<DocumentOperation<T>>, options?: ChangeOptions): Promise<void> {
    assertAllWritten(await this.parts.writer.write(versioned(operations, () => this.parts.targets.of(this.untyped), this.parts.clock), options));
    await this.refreshIf(options);
  }

  /**
   * Indexes every row of the table, in key order and constant memory, and refreshes. Documents whose rows are gone
   * stay: begin with `search.recreateIndex(Entity)` where that matters.
   *
   * @example await passages.indexAll({ onProgress: ({ done, total }) => bar.update(done / total) });
   */
  async indexAll({ pageSize, onProgress, ...options }: IndexAllOptions = {}): Promise<IndexAllProgress> {
    const total = await this.parts.reader.count(this.untyped.model);
    const progress = onProgress && ((done: number): void => onProgress({ done, total }));
    const report = await this.parts.publisher.publishAll(this.untyped, pageSize, { ...options, ...(progress ? { onProgress: progress } : {}) });
    assertAllWritten(report);
    await this.refresh(options);
    return { done: report.succeeded, total };
  }

  /** Makes everything written before visible to searches. */
  async refresh(options?: CallOptions): Promise<void> {
    await this.parts.targets.ready(this.untyped);
    await this.parts.engine.refresh(this.indexName, options);
  }

  private async startByQuery(action: 'update' | 'delete', make: QueryMaker<T>, script: EngineScript | undefined, options: ByQueryOptions): Promise<ByQueryTask> {
    const { conflicts = 'proceed', refresh = false, documentsPerSecond, ...call } = options;
    const query = this.runner.compileQuery(make(this.query()).request);
    await this.parts.targets.of(this.untyped);
    const request = { action, index: this.indexName, query, conflicts, refresh, ...(script ? { script } : {}), ...(documentsPerSecond === undefined ? {} : { documentsPerSecond }) };
    return new ByQueryTask(await this.parts.engine.startByQuery(request, call), this.parts.engine);
  }

  private async refreshIf(options: ChangeOptions | undefined): Promise<void> {
    if (options?.refresh) await this.refresh(options);
  }

  private get untyped(): IndexDefinition {
    return this.definition;
  }
}
