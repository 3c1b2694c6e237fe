import type { BulkOperation, CallOptions, SearchEngine } from '../contracts/engine.js';
import type { VersionClock } from '../contracts/version-clock.js';
import { documentIdOf } from '../document/document-builder.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { DocumentOf } from '../query/document-type.js';
import type { ResultsOf } from '../query/aggregations/aggregation.js';
import { SearchQuery } from '../query/search-query.js';
import type { SuggestionsOf } from '../query/suggest.js';
import { wireKeepAlive } from '../query/request-window.js';
import type { SearchPage } from '../query/search-page.js';
import { assertAllWritten } from './bulk-report.js';
import type { BulkWriter } from './bulk-writer.js';
import type { DocumentPublisher } from './document-publisher.js';
import { keyOf, type EntityReader, type PrimaryKey } from './entity-reader.js';
import { IndexRunner } from './index-runner.js';
import type { IndexTargets } from './index-targets.js';

export interface ChangeOptions extends CallOptions {
  /** Makes the change visible to searches before the call resolves. */
  readonly refresh?: boolean;
}

/** A write of a document that is built by hand. */
export type DocumentOperation<T> =
  | Readonly<{ action: 'index'; id: PrimaryKey; document: Partial<DocumentOf<T>> }>
  | Readonly<{ action: 'delete'; id: PrimaryKey }>;

export interface StoredDocument<T> {
  readonly id: string;
  readonly version: number;
  readonly source: DocumentOf<T>;
}

export interface IndexAllOptions extends CallOptions {
  /** Rows read at once; 500 when absent. */
  readonly pageSize?: number;
  readonly onProgress?: (progress: IndexAllProgress) => void;
}

export interface IndexAllProgress {
  readonly done: number;
  /** Rows when the run began. */
  readonly total: number;
}

export interface RepositoryParts {
  readonly engine: SearchEngine;
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

  constructor(
    private readonly definition: IndexDefinition<T>,
    private readonly parts: RepositoryParts,
  ) {
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

  /** Writes documents built by hand. Of several operations on one document the last counts. */
  async bulk(operations: Iterable<DocumentOperation<T>>, options?: ChangeOptions): Promise<void> {
    const targets = await this.parts.targets.of(this.untyped);
    const version = await this.parts.clock.next();
    const byId = new Map([...operations].map((operation) => [documentIdOf(operation.id), operation] as const));
    const wire = targets.flatMap(({ index, fit = asItIs }) => [...byId].map(([id, operation]): BulkOperation => {
      if (operation.action === 'delete') return { action: 'delete', index, id, version };
      return { action: 'index', index, id, version, source: JSON.stringify(fit(operation.document)) };
    }));
    assertAllWritten(await this.parts.writer.write(wire, options));
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

  private async refreshIf(options: ChangeOptions | undefined): Promise<void> {
    if (options?.refresh) await this.refresh(options);
  }

  private get untyped(): IndexDefinition {
    return this.definition;
  }
}

function asItIs(document: object): object {
  return document;
}
