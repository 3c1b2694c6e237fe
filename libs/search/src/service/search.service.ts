import { EndingSubscriber } from '../capture/ending-subscriber.js';
import { checkConditions } from '../rows/condition-check.js';
import type { CallOptions } from '../contracts/engine.js';
import { SearchOptionError } from '../errors/option-error.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { IndexReference } from '../mapping/index-registry.js';
import type { EntityClass } from '../metadata/recorder.js';
import type { MigrationService } from '../migration/migration.service.js';
import { SearchAcross } from '../repository/across.js';
import { ByQueryTask } from '../repository/by-query-task.js';
import type { Orm } from '../rows/entity-reader.js';
import { SearchRepository } from '../repository/search-repository.js';
import type { SearchSync } from '../sync/explicit-touch.js';
import type { Backlog, DeadLetter } from '../sync/outbox-backlog.js';
import type { OutboxSync } from '../sync/outbox-sync.js';
import { CALL_OPTIONS, checkCall } from '../support/call-options.js';
import { milliseconds, trueOrFalse, type OptionTable } from '../support/option-table.js';
import { assemble, type Assembly } from './assembly.js';
import { resolveSearchOptions, type ResolvedSearchOptions, type SearchOptions } from './options.js';

export interface SettledOptions {
  /** Wait at most; 10,000 when absent. */
  readonly timeoutMs?: number;
  /** Makes the changes visible to searches; true when absent. */
  readonly refresh?: boolean;
}

/** `stopBy`: when waits for changes end, in milliseconds of `performance.now()`; the first call decides. */
type SearchLife =
  | Readonly<{ state: 'open' }>
  | Readonly<{ state: 'draining'; stopBy: number }>
  | Readonly<{ state: 'closed'; stopBy: number; ended: Promise<void> }>;

const SETTLED: OptionTable<SettledOptions> = { timeoutMs: milliseconds, refresh: trueOrFalse };

/** An index of an entity, and where its documents are. */
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
  private readonly assembly: Assembly;
  private readonly repositories = new Map<IndexDefinition, SearchRepository<object>>();
  private readonly subscribers: readonly EndingSubscriber[];
  private life: SearchLife = { state: 'open' };

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
    this.assembly = assemble(orm, this.options);
    this.subscribers = this.assembly.strategy.subscribers.map((subscriber) => new EndingSubscriber(subscriber));
  }

  /**
   * Creates missing indices and begins to follow the database.
   *
   * After `drain()` it begins again.
   *
   * @throws SearchIndexMismatchError; SearchEngineUnavailableError with `whenEngineIsDown: 'refuse'` only;
   * SearchModelError for conditions that the database refuses; SearchOptionError after `close()`.
   */
  async start(): Promise<void> {
    if (this.life.state === 'closed')
      throw new SearchOptionError([
        { option: 'search.start()', requirement: 'comes after close(): make a new SearchService', received: 'closed' },
      ]);
    this.life = { state: 'open' };
    const { strategy, preparation, parts, registry } = this.assembly;
    await checkConditions(
      registry.definitions.map(({ model }) => model),
      parts.reader,
    );
    for (const subscriber of this.subscribers) this.orm.em.getEventManager().registerSubscriber(subscriber);
    await preparation.start();
    await strategy.start();
  }

  /** Every index of every `@Indexed` entity of the ORM. */
  get indices(): readonly IndexedEntity[] {
    return this.assembly.registry.definitions.map(({ alias, model }) => ({
      entity: model.entity,
      name: model.name,
      alias,
    }));
  }

  /** For changes that the ORM reports to nobody. */
  get sync(): SearchSync {
    return this.assembly.sync;
  }

  /** Changes of mappings without downtime, and repair of drift. */
  get migrations(): MigrationService {
    return this.assembly.migrations;
  }

  /**
   * The documents of an `@Indexed` entity.
   *
   * @param index name of one of its indices, without prefix; the first when absent.
   * @throws SearchModelError for any other class, or name.
   */
  repository<T extends object>(entity: EntityClass<T>, index?: string): SearchRepository<T> {
    const definition = this.assembly.registry.of(entity, index);
    const known = this.repositories.get(definition);
    if (known) return known as unknown as SearchRepository<T>;
    const repository = new SearchRepository<T>(definition as unknown as IndexDefinition<T>, this.assembly.parts);
    this.repositories.set(definition, repository as unknown as SearchRepository<object>);
    return repository;
  }

  /**
   * The documents of several entities together; `hit.is(Passage)` tests which one a hit is of.
   *
   * @example
   * const page = await search.across([Passage, Address]).search((q) => q.must((c) => c.match('text', 'union')));
   */
  across<const E extends readonly EntityClass[]>(entities: E): SearchAcross<InstanceType<E[number]>> {
    if (entities.length === 0)
      throw new SearchOptionError([
        { option: 'search.across', requirement: 'needs at least one entity', received: entities },
      ]);
    const { registry, parts } = this.assembly;
    return new SearchAcross(
      entities.map((entity) => registry.of(entity)),
      parts.engine,
      parts.targets,
    );
  }

  /** A task of `updateByQuery` or `deleteByQuery` by its id, also one that another process started. */
  task(id: string): ByQueryTask {
    return new ByQueryTask(id, this.assembly.parts.engine);
  }

  /** Creates the indices that are missing and checks the others. @throws SearchIndexMismatchError */
  async ensureIndices(): Promise<void> {
    await this.assembly.preparation.ensureAll();
  }

  /** Deletes an index, with its documents, and creates it from the model. */
  async recreateIndex(index: IndexReference, options?: CallOptions): Promise<void> {
    checkCall('recreateIndex', options, CALL_OPTIONS);
    const { registry, store, parts } = this.assembly;
    const definition = registry.of(index);
    await store?.forget(definition.alias);
    await parts.admin.recreate(definition, options);
  }

  /**
   * Resolves when every change committed before is in its index and, unless `refresh` is false, visible to searches.
   * For tests, and for callers who must read what they wrote.
   *
   * @throws SearchNotSettledError when that takes longer than `timeoutMs`.
   */
  async settled(options: SettledOptions = {}): Promise<void> {
    checkCall('settled', options, SETTLED);
    const { timeoutMs = 10_000, refresh = true } = options;
    const { strategy, registry, parts } = this.assembly;
    await strategy.settled(timeoutMs);
    if (!refresh) return;
    await Promise.all(registry.aliases.map((alias) => parts.engine.refresh(alias, { timeoutMs })));
  }

  /**
   * Changes that wait to be written: with the outbox those of all processes, counted in the database; with `after-commit` those
   * of this one.
   */
  pending(): Promise<number> {
    return this.assembly.strategy.pending();
  }

  /** Whether an index has `sync: 'outbox'`, so that `backlog()`, `deadLetters()` and `redrive()` can be called. */
  get hasOutbox(): boolean {
    return this.assembly.outbox !== undefined;
  }

  /** What waits in the outbox. @throws SearchOptionError when no index has `sync: 'outbox'`. */
  backlog(): Promise<Backlog> {
    return this.outbox('backlog').backlog();
  }

  /** Documents that were refused too often, oldest first. */
  deadLetters(limit: number = 100): Promise<DeadLetter[]> {
    return this.outbox('deadLetters').deadLetters(limit);
  }

  /** Gives dead letters another try. @returns how many */
  async redrive(): Promise<number> {
    return this.outbox('redrive').redrive();
  }

  /** Asks the engine for a sign of life. @throws SearchEngineUnavailableError */
  async ping(options?: CallOptions): Promise<void> {
    checkCall('ping', options, CALL_OPTIONS);
    return this.assembly.parts.engine.ping(options);
  }

  /** Health of the cluster behind the engine. @throws SearchEngineUnavailableError */
  async health(options?: CallOptions): Promise<'green' | 'yellow' | 'red'> {
    checkCall('health', options, CALL_OPTIONS);
    return this.assembly.parts.engine.health(options);
  }

  /** Waits for changes under way, `shutdownTimeoutMs` at most, counted from the first call. */
  async drain(): Promise<void> {
    const stopBy = this.stopBy();
    if (this.life.state === 'open') this.life = { state: 'draining', stopBy };
    await this.drainUntil(stopBy);
  }

  /**
   * Drains, stops following the database, reports what could not be written and closes the engine. May be called twice.
   *
   * With the outbox, transactions that are open now still write their rows, which the next process relays; those that begin
   * later are not followed: close it after whatever writes.
   */
  close(): Promise<void> {
    if (this.life.state === 'closed') return this.life.ended;
    const stopBy = this.stopBy();
    const ended = this.end(stopBy);
    this.life = { state: 'closed', stopBy, ended };
    return ended;
  }

  private stopBy(): number {
    return this.life.state === 'open' ? performance.now() + this.options.shutdownTimeoutMs : this.life.stopBy;
  }

  private async drainUntil(stopBy: number): Promise<void> {
    const leftMs = (): number => Math.max(0, stopBy - performance.now());
    await this.assembly.preparation.stop(leftMs());
    await this.assembly.strategy.drain(leftMs());
  }

  private async end(stopBy: number): Promise<void> {
    await this.drainUntil(stopBy);
    await this.assembly.strategy.close();
    for (const subscriber of this.subscribers) subscriber.end();
    await this.assembly.parts.engine.close();
  }

  private outbox(call: string): OutboxSync {
    if (this.assembly.outbox) return this.assembly.outbox;
    throw new SearchOptionError([
      { option: `search.${call}()`, requirement: "needs an index with sync: 'outbox'", received: this.options.sync },
    ]);
  }
}
