import type { EngineScript, UpdateAnswer } from '../contracts/document-port.js';
import type { CallOptions } from '../contracts/engine.js';
import { keyOf } from '../document/document-builder.js';
import { SearchOptionError } from '../errors/option-error.js';
import { SearchMigrationError } from '../errors/sync.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { CALL_OPTIONS, checkCall } from '../support/call-options.js';
import { BY_QUERY, CHANGE, INDEX_ALL, UPDATE, UPDATE_BY_QUERY } from './call-tables.js';
import { assertAllWritten } from '../indexing/bulk-report.js';
import { ByQueryTask } from './by-query-task.js';
import { versioned, type DocumentOperation, type OperationParts } from '../indexing/document-operations.js';
import { DocumentReads, type RepositoryParts } from './document-reads.js';
import type { PrimaryKey } from '../rows/entity-reader.js';
import { IndexControl } from './index-control.js';
import {
  wireChange,
  type ByQueryOptions,
  type ChangeOptions,
  type DocumentChange,
  type IndexAllOptions,
  type IndexAllProgress,
  type QueryMaker,
  type UpdateByQueryOptions,
  type UpdateOptions,
} from './repository-calls.js';

/**
 * The documents of one index. Every call ends within its deadline and rejects with a `SearchError`:
 * `SearchEngineUnavailableError` when the engine is away, `SearchBulkError` when documents were refused.
 */
export class SearchRepository<T extends object> extends DocumentReads<T> {
  /** The index itself: its state, settings, aliases and figures. */
  readonly control: IndexControl;

  /** @internal The library makes it. */
  constructor(definition: IndexDefinition<T>, parts: RepositoryParts) {
    super(definition, parts);
    this.control = new IndexControl(this.untyped, parts.engine, parts.admin);
  }

  /**
   * Changes a document in place. The database knows nothing of it: the next `index()` of its row replaces it.
   *
   * @example await passages.update(1, { script: { source: 'ctx._source.position += params.by', params: { by: 2 } } });
   * @throws SearchNotFoundError without `upsert`, SearchVersionConflictError; SearchMigrationError while the index is migrated.
   */
  async update(key: PrimaryKey, change: DocumentChange<T>, options: UpdateOptions = {}): Promise<UpdateAnswer> {
    checkCall('update', options, UPDATE);
    const { ifSeqNo, ifPrimaryTerm, retryOnConflict, routing, ...call } = options;
    const place = this.placeOf('update', key, options);
    const conditional = ifSeqNo !== undefined || ifPrimaryTerm !== undefined;
    if (conditional && (ifSeqNo === undefined || ifPrimaryTerm === undefined))
      throw new SearchOptionError([
        {
          option: 'update.ifSeqNo and update.ifPrimaryTerm',
          requirement: 'must be given together, as get() returns them',
          received: { ifSeqNo, ifPrimaryTerm },
        },
      ]);
    if (conditional && retryOnConflict !== undefined)
      throw new SearchOptionError([
        {
          option: 'update.retryOnConflict',
          requirement: 'cannot go with `ifSeqNo`: read the document again instead',
          received: retryOnConflict,
        },
      ]);
    await this.soleIndex('update()');
    const when = conditional
      ? { ifSeqNo: ifSeqNo!, ifPrimaryTerm: ifPrimaryTerm! }
      : { retryOnConflict: retryOnConflict ?? 3 };
    const answer = await this.parts.engine.update(
      {
        index: this.indexName,
        id: place.id,
        ...(routing === undefined ? {} : { routing }),
        ...wireChange(change),
        ...when,
      },
      call,
    );
    await this.refreshIf(options);
    return answer;
  }

  /** Starts a change of all documents that match; resolves when it has started. @throws SearchMigrationError while the index is migrated. */
  async updateByQuery(make: QueryMaker<T>, options: UpdateByQueryOptions): Promise<ByQueryTask> {
    checkCall('updateByQuery', options, UPDATE_BY_QUERY);
    const { script, ...byQuery } = options;
    return this.startByQuery('update', make, script, byQuery);
  }

  /** Starts the deletion of all documents that match; resolves when it has started. `(query) => query` is all of them. @throws SearchMigrationError while the index is migrated. */
  async deleteByQuery(make: QueryMaker<T>, options: ByQueryOptions = {}): Promise<ByQueryTask> {
    checkCall('deleteByQuery', options, BY_QUERY);
    return this.startByQuery('delete', make, undefined, options);
  }

  /**
   * Brings the documents of these entities to what the database holds now: it reads them again, after their commit,
   * so that an older state never replaces a newer one. The document of a row that is gone is deleted.
   */
  async index(entities: T | readonly T[], options?: ChangeOptions): Promise<void> {
    checkCall('index', options, CHANGE);
    const keys = [entities].flat().map((entity) => keyOf(this.untyped.model, entity as object));
    assertAllWritten(await this.parts.publisher.publish(this.untyped, keys, options));
    await this.refreshIf(options);
  }

  /** Deletes documents by entity or key, wherever they are and whatever the database says. */
  async delete(entitiesOrKeys: T | PrimaryKey | readonly (T | PrimaryKey)[], options?: ChangeOptions): Promise<void> {
    checkCall('delete', options, CHANGE);
    const keys = [entitiesOrKeys]
      .flat()
      .map((one) => (typeof one === 'object' ? keyOf(this.untyped.model, one as object) : (one as PrimaryKey)));
    await this.bulk(
      keys.map((id) => ({ action: 'delete', id })),
      options,
    );
  }

  /**
   * Writes documents built by hand, any number of them in constant memory: operations are taken from their source as
   * they are sent. Of several operations on one document the last counts.
   */
  async bulk(
    operations: Iterable<DocumentOperation<T>> | AsyncIterable<DocumentOperation<T>>,
    options?: ChangeOptions,
  ): Promise<void> {
    checkCall('bulk', options, CHANGE);
    assertAllWritten(await this.parts.writer.write(versioned(operations, this.operationParts), options));
    await this.refreshIf(options);
  }

  /**
   * Indexes every row of the table, in key order and constant memory, and refreshes. Documents whose rows are gone
   * stay: begin with `search.recreateIndex(Entity)` where that matters.
   *
   * @example await passages.indexAll({ onProgress: ({ done, total }) => bar.update(done / total) });
   */
  async indexAll(given: IndexAllOptions = {}): Promise<IndexAllProgress> {
    checkCall('indexAll', given, INDEX_ALL);
    const { pageSize, onProgress, ...options } = given;
    const total = await this.parts.reader.count(this.untyped.model);
    const progress = onProgress && ((done: number): void => onProgress({ done, total }));
    const report = await this.parts.publisher.publishAll(this.untyped, pageSize, {
      ...options,
      ...(progress ? { onProgress: progress } : {}),
    });
    await this.makeVisible(options);
    assertAllWritten(report);
    return { done: report.succeeded, total };
  }

  /** Makes everything written before visible to searches. */
  async refresh(options?: CallOptions): Promise<void> {
    checkCall('refresh', options, CALL_OPTIONS);
    await this.makeVisible(options);
  }

  private async makeVisible(options?: CallOptions): Promise<void> {
    await this.parts.targets.ready(this.untyped);
    await this.parts.engine.refresh(this.indexName, options);
  }

  private async startByQuery(
    action: 'update' | 'delete',
    make: QueryMaker<T>,
    script: EngineScript | undefined,
    options: ByQueryOptions,
  ): Promise<ByQueryTask> {
    const { conflicts = 'proceed', refresh = false, documentsPerSecond, ...call } = options;
    const query = this.runner.compileQuery(make(this.query()).request);
    await this.soleIndex(`${action}ByQuery()`);
    const request = {
      action,
      index: this.indexName,
      query,
      conflicts,
      refresh,
      ...(script ? { script } : {}),
      ...(documentsPerSecond === undefined ? {} : { documentsPerSecond }),
    };
    return new ByQueryTask(await this.parts.engine.startByQuery(request, call), this.parts.engine);
  }

  /** These calls name one index, and the content of the other one would be lost or brought back by the swap. */
  private async soleIndex(call: string): Promise<void> {
    const targets = await this.parts.targets.of(this.untyped);
    if (targets.length === 1) return;
    const remedy = 'change the rows and call search.sync.touch(), or wait for `search finish` or `search rollback`';
    throw new SearchMigrationError(
      this.indexName,
      `is being migrated, and ${call} would reach one of its two indices: ${remedy}`,
    );
  }

  private async refreshIf(options: ChangeOptions | undefined): Promise<void> {
    if (options?.refresh) await this.makeVisible(options);
  }

  private get operationParts(): OperationParts {
    const { targets, clock, engine } = this.parts;
    return { model: this.untyped.model, targets: () => targets.of(this.untyped), clock, engine };
  }
}
