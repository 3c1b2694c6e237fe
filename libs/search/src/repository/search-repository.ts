import type { EngineScript, UpdateAnswer } from '../contracts/document-port.js';
import type { CallOptions } from '../contracts/engine.js';
import { isKey, keyOfEntity } from '../document/document-key.js';
import { SearchMigrationError } from '../errors/sync.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { assertCarried, assertChosen } from '../query/call-parts.js';
import { CALL_OPTIONS, checkCall } from '../support/call-options.js';
import { BY_QUERY, CHANGE, INDEX, INDEX_ALL, INDEX_EACH, UPDATE, UPDATE_BY_QUERY } from './call-tables.js';
import { assertAllWritten } from '../indexing/bulk-report.js';
import { ByQueryTask } from './by-query-task.js';
import type { DocumentOperation } from '../indexing/document-operations.js';
import { checkOperation } from '../indexing/operation-rules.js';
import { writeInOrder, type OrderedBulkParts } from '../indexing/ordered-bulk.js';
import { wireChange, type DocumentChange } from '../indexing/document-change.js';
import { DocumentReads, type RepositoryParts } from './document-reads.js';
import type { PrimaryKey, RowScope } from '../rows/entity-reader.js';
import { countInScope } from '../rows/row-scope.js';
import { IndexControl } from './index-control.js';
import { assertIterable, keyOfGiven, keyPages } from './key-pages.js';
import {
  type ByQueryOptions,
  type ChangeOptions,
  type IndexAllOptions,
  type IndexEachOptions,
  type IndexOptions,
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
   * Changes a document in place. The database does not have it: the next `index()` of its row replaces it.
   *
   * @example await passages.update(1, { script: { source: 'ctx._source.position += params.by', params: { by: 2 } } });
   * @throws SearchNotFoundError without `upsert`, SearchVersionConflictError; SearchMigrationError while the index is migrated.
   */
  async update(key: PrimaryKey, change: DocumentChange<T>, options: UpdateOptions = {}): Promise<UpdateAnswer> {
    checkCall('update', options, UPDATE);
    const { ifSeqNo, ifPrimaryTerm, retryOnConflict, routing, ...call } = options;
    const place = this.placeOf('update', key, options);
    const condition = { ifSeqNo, ifPrimaryTerm, retryOnConflict };
    checkOperation<T>(
      { ...change, ...defined(condition), action: 'update', id: key, routing },
      'update',
      this.untyped.model,
    );
    await this.soleIndex('update()');
    const when =
      ifSeqNo === undefined ? { retryOnConflict: retryOnConflict ?? 3 } : { ifSeqNo, ifPrimaryTerm: ifPrimaryTerm! };
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

  /**
   * Starts a change of all documents that match; resolves when it has started. `{ all: true }` reaches every document.
   *
   * @throws SearchQueryError without a condition, and for a part that it does not carry; SearchMigrationError while the
   * index is migrated.
   */
  async updateByQuery(make: QueryMaker<T>, options: UpdateByQueryOptions): Promise<ByQueryTask> {
    checkCall('updateByQuery', options, UPDATE_BY_QUERY);
    const { script, ...byQuery } = options;
    return this.startByQuery('update', make, script, byQuery);
  }

  /**
   * Starts the deletion of all documents that match; resolves when it has started. Every document goes with
   * `deleteByQuery((query) => query, { all: true })`.
   *
   * @throws SearchQueryError without a condition, and for a part that it does not carry; SearchMigrationError while the
   * index is migrated.
   */
  async deleteByQuery(make: QueryMaker<T>, options: ByQueryOptions = {}): Promise<ByQueryTask> {
    checkCall('deleteByQuery', options, BY_QUERY);
    return this.startByQuery('delete', make, undefined, options);
  }

  /**
   * Brings the documents of these entities to what the database holds now: it reads them again, after their commit,
   * so that an older state never replaces a newer one. The document of a row that is gone is deleted.
   *
   * With `em` it reads inside the transaction of that entity manager: what it sees is written, also when it is rolled
   * back afterwards, as tests do.
   *
   * @throws SearchOptionError for an entity that was not flushed and has no key yet.
   */
  async index(entities: T | readonly T[], given: IndexOptions = {}): Promise<void> {
    checkCall('index', given, INDEX);
    const { em, ...options } = given;
    const keys = [entities].flat().map((entity) => keyOfEntity('index', this.untyped.model, entity));
    assertAllWritten(await this.parts.publisher.publish(this.untyped, keys, options, em));
    await this.refreshIf(options);
  }

  /**
   * Deletes documents by entity or key, wherever they are, also where the database has their rows.
   *
   * @example await lines.delete([[1, 'a'], [1, 'b']]); // two composite keys
   */
  async delete(entitiesOrKeys: T | PrimaryKey | readonly (T | PrimaryKey)[], options?: ChangeOptions): Promise<void> {
    checkCall('delete', options, CHANGE);
    const { model } = this.untyped;
    const given: readonly unknown[] =
      Array.isArray(entitiesOrKeys) && !isKey(model, entitiesOrKeys) ? entitiesOrKeys : [entitiesOrKeys];
    const keys = given.map((one) => keyOfGiven('delete', model, one));
    await this.bulk(
      keys.map((id) => ({ action: 'delete', id })),
      options,
    );
  }

  /**
   * Writes documents built by hand, any number of them in constant memory: operations are read from their source as
   * they are sent, and take effect in their order. `index` and `delete` without `ifSeqNo` are repeated until they are
   * done; the others are sent once, as an answer that is lost may be of a write that was done.
   *
   * @throws SearchOptionError for an operation that is none; SearchBulkError naming each document that was not written,
   * with the reason; SearchMigrationError for `create`, `update` and `ifSeqNo` while the index is migrated.
   */
  async bulk(
    operations: Iterable<DocumentOperation<T>> | AsyncIterable<DocumentOperation<T>>,
    options?: ChangeOptions,
  ): Promise<void> {
    checkCall('bulk', options, CHANGE);
    assertAllWritten(await writeInOrder(operations, this.bulkParts(options)));
    await this.refreshIf(options);
  }

  /**
   * Indexes every row of the table, or those of `where`, in key order and constant memory, and refreshes. Documents
   * whose rows are gone stay: begin with `search.recreateIndex(Entity)` where that matters, or call
   * `search.migrations.repair()`.
   *
   * @example await passages.indexAll({ onProgress: ({ done, total }) => bar.update(done / total) });
   * @example await passages.indexAll({ where: { tenant: 7 } });
   * @throws SearchOptionError for conditions that the ORM cannot read.
   */
  async indexAll(given: IndexAllOptions<T> = {}): Promise<IndexAllProgress> {
    checkCall('indexAll', given, INDEX_ALL);
    const { pageSize, onProgress, where, ...options } = given;
    const scope = where as RowScope | undefined;
    const total = await countInScope('indexAll.where', this.parts.reader, this.untyped.model, scope);
    const progress = onProgress && ((done: number): void => onProgress({ done, total }));
    const report = await this.parts.publisher.publishAll(this.untyped, {
      ...options,
      pageSize,
      scope,
      ...(progress ? { onProgress: progress } : {}),
    });
    await this.makeVisible(options);
    assertAllWritten(report);
    return { done: report.succeeded, total };
  }

  /**
   * Indexes the rows of keys or entities as they come, any number of them in constant memory, and refreshes: no more is
   * read from the source than is being written. The document of a row that is gone is deleted.
   *
   * @example await passages.indexEach(keysOfAFile());
   * @throws SearchOptionError for what is no key, and SearchBulkError naming each document that was not written: what
   * came before is written. What the source throws, as it is.
   */
  async indexEach(
    source: AsyncIterable<T | PrimaryKey> | Iterable<T | PrimaryKey>,
    given: IndexEachOptions = {},
  ): Promise<IndexAllProgress> {
    checkCall('indexEach', given, INDEX_EACH);
    assertIterable('indexEach', source);
    const { pageSize = 500, onProgress, ...options } = given;
    const { model } = this.untyped;
    let total = 0;
    const keys = keyPages(source, pageSize, (one) => {
      const key = keyOfGiven('indexEach', model, one);
      total += 1;
      return key;
    });
    const report = await this.parts.publisher.publishEach(this.untyped, keys, {
      ...options,
      ...(onProgress ? { onKeys: (done) => onProgress({ done, total }) } : {}),
    });
    await this.makeVisible(options);
    assertAllWritten(report);
    return { done: total, total };
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
    const { conflicts = 'proceed', refresh = false, documentsPerSecond, all = false, ...call } = options;
    const asked = make(this.query()).request;
    assertCarried(`${action}ByQuery`, asked);
    assertChosen(`${action}ByQuery`, asked, all);
    const query = this.runner.compileQuery(asked);
    const { routing, preference } = asked.options;
    await this.soleIndex(`${action}ByQuery()`);
    const request = {
      action,
      index: this.indexName,
      query,
      conflicts,
      refresh,
      ...(script ? { script } : {}),
      ...(routing === undefined ? {} : { routing }),
      ...(preference === undefined ? {} : { preference }),
      ...(documentsPerSecond === undefined ? {} : { documentsPerSecond }),
    };
    return new ByQueryTask(await this.parts.engine.startByQuery(request, call), this.parts.engine);
  }

  /** These calls name one index, and the content of the other one would be lost or brought back by the swap. */
  private async soleIndex(call: string): Promise<void> {
    const targets = await this.parts.targets.of(this.untyped);
    if (targets.length === 1) return;
    const { name } = this.untyped.model;
    const remedy = `change the rows and call search.sync.touch(), or end the migration first: \`search finish ${name}\` or \`search rollback ${name}\``;
    throw new SearchMigrationError(
      this.indexName,
      `is being migrated, and ${call} would reach one of its two indices: ${remedy}`,
    );
  }

  private async refreshIf(options: ChangeOptions | undefined): Promise<void> {
    if (options?.refresh) await this.makeVisible(options);
  }

  private bulkParts(options: ChangeOptions | undefined): OrderedBulkParts {
    const { targets, clock, engine, writer } = this.parts;
    return {
      model: this.untyped.model,
      targets: () => targets.of(this.untyped),
      clock,
      engine,
      soleIndex: () => this.soleIndex('bulk() of create, update or ifSeqNo').then(() => this.indexName),
      write: (operations) => writer.write(operations, options),
    };
  }
}

function defined<O extends object>(options: O): { [K in keyof O]?: Exclude<O[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}
