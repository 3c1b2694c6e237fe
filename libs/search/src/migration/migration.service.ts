import { Observable } from 'rxjs';
import type { CallOptions } from '../contracts/engine.js';
import type { IndexState } from '../contracts/index-body.js';
import { SearchMigrationError, SearchTableMissingError } from '../errors/sync.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { IndexReference } from '../mapping/index-registry.js';
import type { EntityClass } from '../metadata/recorder.js';
import { CALL_OPTIONS, checkCall } from '../support/call-options.js';
import { MIGRATE, VERIFY } from './call-tables.js';
import { deleteBeside, holdersOf, moveAlias } from './alias-moves.js';
import type { MigrateOptions, MigrationParts } from './migration-options.js';
import { MigrationRun, type MigrationRunParts } from './migration-run.js';
import type { MigrationStore } from './migration-store.js';
import type { MigrationState } from './migration-state.js';
import { liveIndexOf } from './live-index.js';
import { planOf, type MigrationPlan } from './plan.js';
import { pruneIndices } from './prune.js';
import type { MigrationProgress } from './progress.js';
import type { DriftedDocument } from './drift.js';
import { DriftRepair, type RepairResult, type VerifyOptions } from './drift-repair.js';

export interface MigrationServiceParts extends MigrationRunParts {
  readonly definitionOf: (index: IndexReference) => IndexDefinition;
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
  private readonly runs: MigrationRun;

  /** @internal The library makes it. */
  constructor(private readonly parts: MigrationServiceParts) {
    this.repairs = new DriftRepair(parts);
    this.runs = new MigrationRun(parts);
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
      const told = { report: (progress: MigrationProgress) => subscriber.next(progress), begun: () => undefined };
      this.runs.run(this.parts.definitionOf(index), { ...options, signal }, told).then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(error),
      );
      return () => stop.abort();
    });
  }

  /** @internal The same for a start: `begun` is called once searches and writes of the model work. */
  async bring(index: IndexReference, options: CallOptions, begun: () => void): Promise<void> {
    await this.runs.run(this.parts.definitionOf(index), options, { report: () => undefined, begun });
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
