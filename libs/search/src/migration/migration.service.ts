import { Observable } from 'rxjs';
import type { CallOptions } from '../contracts/engine.js';
import type { IndexState } from '../contracts/index-body.js';
import { SearchMigrationError, SearchTableMissingError } from '../errors/sync.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { IndexReference } from '../mapping/index-registry.js';
import type { EntityClass } from '../metadata/recorder.js';
import { CALL_OPTIONS, checkCall } from '../support/call-options.js';
import { MIGRATE, VERIFY } from './call-tables.js';
import { putAddition } from './addition.js';
import { addFields } from './add-fields.js';
import { deleteBeside, holdersOf, moveAlias } from './alias-moves.js';
import { Migration } from './migration.js';
import type { MigrateOptions, MigrationParts } from './migration-options.js';
import type { MigrationLease } from './migration-lease.js';
import type { MigrationStore } from './migration-store.js';
import { isUnderWay, type MigrationState } from './migration-state.js';
import { liveIndexOf } from './live-index.js';
import { planOf, type MigrationPlan } from './plan.js';
import { pruneIndices } from './prune.js';
import { progressMeter, type MigrationProgress } from './progress.js';
import type { DriftedDocument } from './drift.js';
import { DriftRepair, type RepairResult, type VerifyOptions } from './drift-repair.js';

export interface MigrationServiceParts extends MigrationParts {
  /** Absent where the database has no tables for migrations. */
  readonly store: MigrationStore | undefined;
  readonly definitionOf: (index: IndexReference) => IndexDefinition;
  /** Runs a relay while `work` does, so that rows never wait for another process. */
  readonly relaying: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Where an index stands. */
export interface MigrationStatus {
  readonly plan: MigrationPlan;
  /** The last migration; `undefined` before the first. */
  readonly migration: MigrationState | undefined;
}

/**
 * Changes mappings on a living system: `migrate` builds a new index beside the old one while writes go to both, swaps
 * the alias at one instant, and keeps the old one current until `finish`, so that `rollback` is one more swap.
 *
 * @example
 * await lastValueFrom(search.migrations.migrate(Passage));
 * await search.migrations.finish(Passage);
 */
export class MigrationService {
  private readonly repairs: DriftRepair;

  /** @internal The library makes it. */
  constructor(private readonly parts: MigrationServiceParts) {
    this.repairs = new DriftRepair(parts);
  }

  /** What `migrate` would do. @throws SearchIndexMismatchError when the alias stands for several indices or is an index itself. */
  async plan(index: IndexReference, options?: CallOptions): Promise<MigrationPlan> {
    checkCall('plan', options, CALL_OPTIONS);
    const definition = this.parts.definitionOf(index);
    return planOf(definition, await this.liveIndex(definition, options));
  }

  /**
   * Brings the index to the model, and ends `swapped` (or `finished` for an additive change). A run that was killed is
   * gone on with by the next. Unsubscribing stops it at the next page. When documents are refused it fails before the
   * swap: the old index is untouched and the new one is deleted.
   *
   * @throws SearchMigrationError while another process migrates the index, or for documents that the new mapping refuses.
   */
  migrate(index: IndexReference, options: MigrateOptions = {}): Observable<MigrationProgress> {
    return new Observable((subscriber) => {
      checkCall('migrate', options, MIGRATE);
      const stop = new AbortController();
      const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
      this.run(
        this.parts.definitionOf(index),
        { ...options, signal },
        {
          report: (progress) => subscriber.next(progress),
          begun: () => undefined,
        },
      ).then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(error),
      );
      return () => stop.abort();
    });
  }

  /** @internal The same for a start: `begun` is called once searches and writes of the model work. */
  async bring(index: IndexReference, options: CallOptions, begun: () => void): Promise<void> {
    await this.run(this.parts.definitionOf(index), options, { report: () => undefined, begun });
  }

  /** Back to the old index: before the swap it forgets the new one, after it swaps the alias back. Then deploy the old model. */
  async rollback(index: IndexReference, options?: CallOptions): Promise<{ readonly exact: boolean }> {
    checkCall('rollback', options, CALL_OPTIONS);
    const { alias } = this.parts.definitionOf(index);
    const { store, engine } = this.requireStore();
    return store.exclusively(alias, async (lease) => {
      const state = await store.read(alias);
      if (state?.kind !== 'rebuild' || state.phase === 'finished' || state.phase === 'rolled-back') {
        throw new SearchMigrationError(
          alias,
          'has no migration to roll back: its old index is gone, or was never replaced',
        );
      }
      const { oldIndex, newIndex } = state;
      await moveAlias(engine, { alias, from: newIndex, to: oldIndex, made: newIndex, lease }, options);
      await lease.advance({ phase: 'rolled-back' });
      await deleteBeside(engine, { alias, live: oldIndex, index: newIndex }, options);
      return { exact: state.inexact === undefined };
    });
  }

  /** Ends dual writing and deletes the old index. No way back after it. */
  async finish(index: IndexReference, options?: CallOptions): Promise<void> {
    checkCall('finish', options, CALL_OPTIONS);
    const { alias } = this.parts.definitionOf(index);
    const { store, engine } = this.requireStore();
    await store.exclusively(alias, async (lease) => {
      const state = await store.read(alias);
      if (state?.phase !== 'swapped')
        throw new SearchMigrationError(alias, `has no migration to finish (phase ${state?.phase ?? 'none'})`);
      await this.assertSearched(state, options);
      await lease.advance({ phase: 'finished' });
      await deleteBeside(engine, { alias, live: state.newIndex, index: state.oldIndex }, options);
    });
  }

  async status(index: IndexReference, options?: CallOptions): Promise<MigrationStatus> {
    checkCall('status', options, CALL_OPTIONS);
    const { alias } = this.parts.definitionOf(index);
    return { plan: await this.plan(index, options), migration: await this.parts.store?.read(alias) };
  }

  /** Deletes indices of earlier migrations that nothing points to. @returns their names */
  async prune(index: IndexReference, options?: CallOptions): Promise<readonly string[]> {
    checkCall('prune', options, CALL_OPTIONS);
    const { alias } = this.parts.definitionOf(index);
    const { store, engine } = this.requireStore();
    return store.exclusively(alias, (lease) => pruneIndices({ alias, store, engine, lease }, options));
  }

  /**
   * Documents that differ from the database now. Changes under way look like drift: `repair` looks twice.
   *
   * With `where` it compares the rows that match, and reads, reports and deletes nothing else. A document whose row is
   * gone belongs to no scope: `documents` names those that are of this one, and a run without `where` finds all.
   *
   * @example
   * for await (const { key, drift } of search.migrations.verify(Passage, { where: { tenant: 7 } })) …
   * @throws SearchOptionError for conditions that the ORM cannot read.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- of any entity, where the index is given by name
  async *verify<T extends object = any>(
    index: EntityClass<T> | string,
    options?: VerifyOptions<NoInfer<T>>,
  ): AsyncGenerator<DriftedDocument> {
    checkCall('verify', options, VERIFY);
    yield* this.repairs.drift('verify', this.parts.definitionOf(index), options);
  }

  /**
   * Writes exactly the documents that differ, by the steps that keep a newer version from holding older content; with
   * `where` those that `verify` reports for it.
   *
   * @throws SearchBulkError at the end, with the documents that could not be built or were refused: all others are
   * written. SearchOptionError for conditions that the ORM cannot read.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- of any entity, where the index is given by name
  async repair<T extends object = any>(
    index: EntityClass<T> | string,
    options?: VerifyOptions<NoInfer<T>>,
  ): Promise<RepairResult> {
    checkCall('repair', options, VERIFY);
    return this.repairs.repair(this.parts.definitionOf(index), options);
  }

  private async run(
    definition: IndexDefinition,
    options: MigrateOptions,
    { report, begun }: { readonly report: (progress: MigrationProgress) => void; readonly begun: () => void },
  ): Promise<void> {
    const { alias } = definition;
    const { store } = this.parts;
    if (!store) return this.runWithoutTables(definition, options, { report, begun });
    await store.exclusively(alias, async (lease) => {
      const migration = new Migration(definition, this.parts, options, lease);
      const state = await this.begin(definition, migration, lease, options, report);
      // Also where an earlier run was ended: it may not have come to it.
      if (state?.kind === 'additive') await putAddition(this.parts.engine, definition, state.newIndex, options);
      begun();
      // A relay that looked before the new index is noted would find rows that it may not write.
      if (state) await this.parts.relaying(() => this.carryOut(migration, state, lease, report));
    });
  }

  /** Additions need no note: the index keeps the mark of its old model until all documents are written. */
  private async runWithoutTables(
    definition: IndexDefinition,
    options: MigrateOptions,
    { report, begun }: { readonly report: (progress: MigrationProgress) => void; readonly begun: () => void },
  ): Promise<void> {
    const plan = planOf(definition, await this.liveIndex(definition, options));
    if (plan.action === 'none') return void report(progressMeter(definition.alias, 'finished', 0, 0)(0));
    if (plan.action === 'create') throw notThere(definition);
    if (plan.action === 'rebuild') throw new SearchTableMissingError('the table search_migration');
    for await (const progress of addFields(definition, plan.liveIndex!, this.parts, options)) {
      begun();
      report(progress);
    }
  }

  /** Notes a migration, or goes on with the one that is noted. @returns where it stands; `undefined` when nothing is to be done. */
  private async begin(
    definition: IndexDefinition,
    migration: Migration,
    lease: MigrationLease,
    options: MigrateOptions,
    report: (progress: MigrationProgress) => void,
  ): Promise<MigrationState | undefined> {
    const { alias, hash } = definition;
    const { store } = this.requireStore();
    const before = await store.read(alias);
    const open = before && (isUnderWay(before) || before.phase === 'swapped');
    if (open && before.newHash !== hash && before.kind === 'rebuild') {
      throw new SearchMigrationError(
        alias,
        `has another model's migration under way (${before.newHash}): finish it or roll it back first`,
      );
    }
    if (open && before.newHash === hash) {
      if (before.phase !== 'swapped') return before;
      const { oldIndex: from, newIndex: to } = before;
      // A rollback may have ended half way, or stand still.
      await moveAlias(this.parts.engine, { alias, from, to, made: to, lease }, options);
      return void report(progressMeter(alias, 'swapped', before.total, 0)(before.total));
    }
    const plan = planOf(definition, await this.liveIndex(definition, options));
    if (plan.action === 'none') return void report(progressMeter(alias, 'finished', 0, 0)(0));
    if (plan.action === 'create') throw notThere(definition);
    await migration.begin(plan);
    return store.read(alias);
  }

  private async carryOut(
    migration: Migration,
    state: MigrationState,
    lease: MigrationLease,
    report: (progress: MigrationProgress) => void,
  ): Promise<void> {
    try {
      for await (const progress of migration.run(state)) report(progress);
    } catch (error) {
      if (error instanceof SearchMigrationError && error.failures.length > 0) await this.abandon(state, lease);
      throw error;
    }
  }

  /** Nobody has searched the new index: it goes, and writes go to the old one alone. */
  private async abandon({ alias, kind, oldIndex, newIndex }: MigrationState, lease: MigrationLease): Promise<void> {
    if (kind === 'additive') return;
    await lease.advance({ phase: 'rolled-back' });
    await deleteBeside(this.parts.engine, { alias, live: oldIndex, index: newIndex });
  }

  /** What is deleted is not what is searched. */
  private async assertSearched({ alias, newIndex }: MigrationState, options?: CallOptions): Promise<void> {
    const holders = await holdersOf(this.parts.engine, alias, options);
    if (holders.length === 1 && holders[0] === newIndex) return;
    throw new SearchMigrationError(
      alias,
      `has its alias on ${holders.join(', ') || 'no index'}, not on ${newIndex}: run \`search migrate ${alias}\` or \`search rollback ${alias}\` first`,
    );
  }

  private liveIndex(definition: IndexDefinition, options?: CallOptions): Promise<IndexState | undefined> {
    return liveIndexOf(this.parts.engine, definition, options);
  }

  private requireStore(): { store: MigrationStore; engine: MigrationParts['engine'] } {
    const { store, engine } = this.parts;
    if (!store) throw new SearchTableMissingError('the table search_migration');
    return { store, engine };
  }
}

function notThere({ alias }: IndexDefinition): SearchMigrationError {
  return new SearchMigrationError(alias, 'is not there yet: run search.ensureIndices(), then repository.indexAll()');
}
