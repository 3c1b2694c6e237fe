import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { CallOptions } from '../contracts/engine.js';
import { SearchModelError, SearchOptionError } from '../errors/model.errors.js';
import { defineIndices, type IndexDefinition } from '../mapping/index-definition.js';
import { modelOf, readModels, type ModelReading } from '../metadata/model-reader.js';
import { recordedIndexed, type EntityClass } from '../metadata/recorder.js';
import { SearchAcross } from '../repository/across.js';
import { BULK_DEFAULTS, BulkWriter } from '../repository/bulk-writer.js';
import { ByQueryTask } from '../repository/by-query-task.js';
import { DocumentPublisher } from '../repository/document-publisher.js';
import { EntityReader, type Orm } from '../repository/entity-reader.js';
import { IndexAdmin } from '../repository/index-admin.js';
import { AliasTargets } from '../repository/index-targets.js';
import { SearchRepository, type RepositoryParts } from '../repository/search-repository.js';
import { MigrationService } from '../migration/migration.service.js';
import { MigrationStore } from '../migration/migration-store.js';
import { MigrationTargets } from '../migration/migration-targets.js';
import { Verifier } from '../migration/verifier.js';
import { processClock } from '../repository/process-clock.js';
import { Database } from '../sync/database.js';
import { DatabaseClock } from '../sync/database-clock.js';
import { dependenciesOf } from '../sync/dependencies.js';
import { SearchSync } from '../sync/explicit-touch.js';
import { FlushReader } from '../sync/flush-reader.js';
import type { Backlog, ParkedDocument } from '../sync/outbox.js';
import type { OutboxSync } from '../sync/outbox-sync.js';
import type { SyncByIndex } from '../sync/sync-by-index.js';
import { SearchClockRow } from '../sync/tables.js';
import { IndexPreparation } from './index-preparation.js';
import { resolveSearchOptions, type ResolvedSearchOptions, type SearchOptions } from './options.js';
import { strategiesFor, syncModeOf } from './sync-strategies.js';
import { tellSlowQueries } from './slow-queries.js';

export interface SettledOptions {
  /** Wait at most; 10,000 when absent. */
  readonly timeoutMs?: number;
  /** Makes the changes visible to searches; true when absent. */
  readonly refresh?: boolean;
}

/** An entity and where its documents are. */
export interface IndexedEntity {
  readonly entity: EntityClass;
  /** Without prefix. */
  readonly name: string;
  readonly alias: string;
}

/**
 * The search of one ORM on one engine. Nest makes it in `SearchModule`; elsewhere it is made by hand.
 *
 * @example
 * const search = new SearchService(orm, { engine: openSearch({ node }) });
 * await search.start();
 * const passages = search.repository(Passage);
 */
export class SearchService {
  private readonly options: ResolvedSearchOptions;
  private readonly definitions: ReadonlyMap<EntityClass, IndexDefinition>;
  private readonly repositories = new Map<EntityClass, SearchRepository<object>>();
  private readonly parts: RepositoryParts;
  /** What the strategies publish with. */
  private readonly follower: DocumentPublisher;
  private readonly admin: IndexAdmin;
  /** For changes that the ORM does not tell of. */
  readonly sync: SearchSync;
  private readonly strategy: SyncByIndex;
  private readonly outbox: OutboxSync | undefined;
  private readonly store: MigrationStore | undefined;
  /** Changes of mappings without downtime, and repair of drift. */
  readonly migrations: MigrationService;
  private readonly preparation: IndexPreparation;
  private stopBy: number | undefined;

  /**
   * Judges options and model; nothing is sent yet.
   *
   * @throws SearchOptionError, SearchModelError with every complaint together.
   */
  constructor(
    private readonly orm: Orm,
    options: SearchOptions,
  ) {
    this.options = resolveSearchOptions(options);
    const { engine: given, name, slowQueryMs, prefix, typeInference, createIndices, onEvent } = this.options;
    const engine = slowQueryMs === undefined ? given : tellSlowQueries(given, slowQueryMs, onEvent);
    const definitions = defineIndices(ofEngine(name, readModels(orm.getMetadata())), { prefix, typeInference });
    this.definitions = new Map(definitions.map((definition) => [definition.model.entity, definition]));
    this.admin = new IndexAdmin(engine);
    const needsTables = definitions.some((definition) => syncModeOf(definition, this.options) === 'outbox');
    const database = needsTables || knowsTables(orm) ? new Database(orm) : undefined;
    const clock = this.options.clock ?? (database ? new DatabaseClock(database) : processClock());
    this.store = database && new MigrationStore(database, `${hostname()} (${process.pid}, ${randomUUID().slice(0, 8)})`);
    const plain = new AliasTargets(this.admin, createIndices);
    const targets = this.store ? new MigrationTargets(plain, this.store, engine, onEvent) : plain;
    const reader = new EntityReader(orm);
    const writer = new BulkWriter(engine);
    const publisher = new DocumentPublisher({ targets, clock, reader, writer });
    // What is tried again is read again: a restarted engine has forgotten the versions of deleted documents, and a
    // repeated request could bring one of them back.
    const once = new BulkWriter(engine, { ...BULK_DEFAULTS, attempts: 1 });
    this.follower = new DocumentPublisher({ targets, clock, reader, writer: once });
    this.parts = { engine, admin: this.admin, targets, clock, reader, writer, publisher };
    const { strategy, outbox } = strategiesFor(definitions, { orm, options: this.options, publisher: this.follower, reader, database });
    this.strategy = strategy;
    this.outbox = outbox;
    const dependencies = dependenciesOf(definitions);
    this.migrations = new MigrationService({
      engine, clock, reader, publisher,
      writer: once,
      store: this.store,
      verifier: new Verifier(engine, reader),
      drain: outbox?.outbox,
      definitionOf: (entity) => this.definitionOf(entity),
      relaying: (work) => (outbox ? outbox.relaying(work) : work()),
    });
    this.preparation = new IndexPreparation({ definitions, admin: this.admin, migrations: this.migrations, store: this.store, options: this.options });
    this.sync = new SearchSync(orm, dependencies, new FlushReader(dependencies, reader), this.strategy);
  }

  /**
   * Creates missing indices and begins to follow the database.
   *
   * @throws SearchIndexMismatchError; SearchEngineUnavailableError with `whenEngineIsDown: 'refuse'` only.
   */
  async start(): Promise<void> {
    for (const subscriber of this.strategy.subscribers) this.orm.em.getEventManager().registerSubscriber(subscriber);
    await this.preparation.start();
    await this.strategy.start();
  }

  /** Every `@Indexed` entity that the ORM knows. */
  get indices(): readonly IndexedEntity[] {
    return [...this.definitions.values()].map(({ alias, model }) => ({ entity: model.entity, name: model.name, alias }));
  }

  /** The documents of an `@Indexed` entity. @throws SearchModelError for any other class. */
  repository<T extends object>(entity: EntityClass<T>): SearchRepository<T> {
    const known = this.repositories.get(entity);
    if (known) return known as unknown as SearchRepository<T>;
    const repository = new SearchRepository<T>(this.definitionOf(entity) as unknown as IndexDefinition<T>, this.parts);
    this.repositories.set(entity, repository as unknown as SearchRepository<object>);
    return repository;
  }

  /**
   * The documents of several entities together; `hit.is(Passage)` tells them apart.
   *
   * @example
   * const page = await search.across([Passage, Address]).search((q) => q.must((c) => c.match('text', 'union')));
   */
  across<const E extends readonly EntityClass[]>(entities: E): SearchAcross<InstanceType<E[number]>> {
    if (entities.length === 0) throw new SearchOptionError('search.across', 'needs at least one entity', entities);
    const definitions = entities.map((entity) => this.definitionOf(entity));
    return new SearchAcross(definitions, this.parts.engine, this.parts.targets);
  }

  /** A task of `updateByQuery` or `deleteByQuery` by its id, also one that another process started. */
  task(id: string): ByQueryTask {
    return new ByQueryTask(id, this.parts.engine);
  }

  /** Creates the indices that are missing and checks the others. @throws SearchIndexMismatchError */
  async ensureIndices(): Promise<void> {
    await this.preparation.ensureAll();
  }

  /** Deletes the index of an entity, with its documents, and creates it from the model. */
  async recreateIndex(entity: EntityClass, options?: CallOptions): Promise<void> {
    const definition = this.definitionOf(entity);
    await this.store?.forget(definition.alias);
    await this.admin.recreate(definition, options);
  }

  /**
   * Resolves when every change committed before is in its index and, unless `refresh` is false, visible to searches.
   * For tests, and for callers who must read what they wrote.
   *
   * @throws SearchNotSettledError when that takes longer than `timeoutMs`.
   */
  async settled({ timeoutMs = 10_000, refresh = true }: SettledOptions = {}): Promise<void> {
    await this.strategy.settled(timeoutMs);
    if (!refresh) return;
    await Promise.all([...this.definitions.values()].map(({ alias }) => this.parts.engine.refresh(alias, { timeoutMs })));
  }

  /** Changes that wait to be written. */
  get pending(): number {
    return this.strategy.pending;
  }

  /** What waits in the outbox. @throws SearchOptionError when no index has `sync: 'outbox'`. */
  backlog(): Promise<Backlog> {
    return this.requireOutbox('backlog').backlog();
  }

  /** Documents that were refused too often, oldest first. */
  parked(limit: number = 100): Promise<ParkedDocument[]> {
    return this.requireOutbox('parked').parked(limit);
  }

  /** Gives parked documents another try. @returns how many */
  async redrive(): Promise<number> {
    return this.requireOutbox('redrive').redrive();
  }

  /** Asks the engine for a sign of life. @throws SearchEngineUnavailableError */
  ping(options?: CallOptions): Promise<void> {
    return this.parts.engine.ping(options);
  }

  /** Health of the cluster behind the engine. @throws SearchEngineUnavailableError */
  health(options?: CallOptions): Promise<'green' | 'yellow' | 'red'> {
    return this.parts.engine.health(options);
  }

  /** Waits for changes under way, `shutdownTimeoutMs` at most, counted from the first call. */
  async drain(): Promise<void> {
    this.stopBy ??= performance.now() + this.options.shutdownTimeoutMs;
    await this.preparation.stop(this.remainingMs(this.stopBy));
    await this.strategy.drain(this.remainingMs(this.stopBy));
  }

  /** Drains, stops following the database, reports what could not be written and closes the engine. */
  async close(): Promise<void> {
    await this.drain();
    await this.strategy.close();
    await this.parts.engine.close();
  }

  private remainingMs(deadline: number): number {
    return Math.max(0, deadline - performance.now());
  }

  private requireOutbox(call: string): OutboxSync {
    if (this.outbox) return this.outbox;
    throw new SearchOptionError(`search.${call}()`, "needs an index with sync: 'outbox'", this.options.sync);
  }

  private definitionOf(entity: EntityClass): IndexDefinition {
    const engine = recordedIndexed(entity)?.engine;
    if (recordedIndexed(entity) && engine !== this.options.name) {
      const problem = `lives on ${engine === undefined ? 'the default engine' : `the engine '${engine}'`}, not on ${this.options.name === undefined ? 'the default one' : `'${this.options.name}'`}`;
      throw new SearchModelError([{ where: entity.name, problem, remedy: 'Ask the search of that name, or change @Indexed({ engine })' }]);
    }
    const models = new Map([...this.definitions].map(([known, { model }]) => [known, model]));
    return this.definitions.get(modelOf(entity, models).entity)!;
  }

}

function knowsTables(orm: Orm): boolean {
  return [...orm.getMetadata()].some((meta) => (meta.class as unknown) === SearchClockRow);
}

/** Complaints stay whole: a mistake is told by whichever search starts first. */
function ofEngine(name: string | undefined, reading: ModelReading): ModelReading {
  return { ...reading, models: reading.models.filter(({ options }) => options.engine === name) };
}
