import { Observable } from 'rxjs';
import type { CallOptions } from '../contracts/engine.js';
import type { IndexState } from '../contracts/index-body.js';
import { assertAllWritten } from '../indexing/bulk-report.js';
import { SearchIndexMismatchError } from '../errors/model.errors.js';
import { SearchMigrationError, SearchTableMissingError } from '../errors/sync.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { generationOf } from '../mapping/index-name.js';
import type { IndexReference } from '../mapping/index-registry.js';
import type { PrimaryKey } from '../rows/entity-reader.js';
import { CALL_OPTIONS, checkCall } from '../support/call-options.js';
import { MIGRATE, VERIFY } from './call-tables.js';
import { Migration, swapAlias, type MigrateOptions, type MigrationParts } from './migration.js';
import { isUnderWay, type MigrationState } from './migration-state.js';
import { planOf, type MigrationPlan } from './plan.js';
import { progressMeter, type MigrationProgress } from './progress.js';
import type { DriftedDocument, VerifyOptions } from './verifier.js';

export interface MigrationServiceParts extends Omit<MigrationParts, 'store'> {
  readonly store: MigrationParts['store'] | undefined;
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

export interface RepairResult {
  readonly missing: number;
  readonly orphaned: number;
  readonly outdated: number;
}

const PAGE_SIZE = 500;

/**
 * Changes mappings on a living system: `migrate` builds a new index beside the old one while writes go to both, swaps
 * the alias at one instant, and keeps the old one current until `finish`, so that `rollback` is one more swap.
 *
 * @example
 * await lastValueFrom(search.migrations.migrate(Passage));
 * await search.migrations.finish(Passage);
 */
export class MigrationService {
  /** @internal The library makes it. */
  constructor(private readonly parts: MigrationServiceParts) {}

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
      this.run(this.parts.definitionOf(index), { ...options, signal }, (progress) => subscriber.next(progress)).then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(error),
      );
      return () => stop.abort();
    });
  }

  /** Back to the old index: before the swap it forgets the new one, after it swaps the alias back. Then deploy the old model. */
  async rollback(index: IndexReference, options?: CallOptions): Promise<{ readonly exact: boolean }> {
    checkCall('rollback', options, CALL_OPTIONS);
    const { alias } = this.parts.definitionOf(index);
    const { store, engine } = this.requireStore();
    return store.exclusively(alias, async () => {
      const state = await store.read(alias);
      if (state?.kind !== 'rebuild' || state.phase === 'finished' || state.phase === 'rolled-back') {
        throw new SearchMigrationError(
          alias,
          'has no migration to roll back: its old index is gone, or was never replaced',
        );
      }
      if (state.phase === 'swapped') await swapAlias(engine, alias, state.oldIndex, options);
      await store.advance(alias, { phase: 'rolled-back' });
      await engine.deleteIndex(state.newIndex, options);
      return { exact: state.inexact === undefined };
    });
  }

  /** Ends dual writing and deletes the old index. No way back after it. */
  async finish(index: IndexReference, options?: CallOptions): Promise<void> {
    checkCall('finish', options, CALL_OPTIONS);
    const { alias } = this.parts.definitionOf(index);
    const { store, engine } = this.requireStore();
    await store.exclusively(alias, async () => {
      const state = await store.read(alias);
      if (state?.phase !== 'swapped')
        throw new SearchMigrationError(alias, `has no migration to finish (phase ${state?.phase ?? 'none'})`);
      await store.advance(alias, { phase: 'finished' });
      await engine.deleteIndex(state.oldIndex, options);
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
    return store.exclusively(alias, async () => {
      const state = await store.read(alias);
      const used = state && (state.phase === 'swapped' || isUnderWay(state)) ? [state.oldIndex, state.newIndex] : [];
      const indices = await engine.readIndices(`${alias}-v*-*`, options);
      const ofAlias = indices.filter((state) => generationOf(alias, state.index) !== undefined);
      const unused = ofAlias
        .filter(({ index: name, aliases }) => !aliases.includes(alias) && !used.includes(name))
        .map((state) => state.index);
      for (const name of unused) await engine.deleteIndex(name, options);
      return unused;
    });
  }

  /** Documents that differ from the database now. Changes under way look like drift: `repair` looks twice. */
  async *verify(index: IndexReference, options?: VerifyOptions): AsyncGenerator<DriftedDocument> {
    checkCall('verify', options, VERIFY);
    const definition = this.parts.definitionOf(index);
    await this.parts.engine.refresh(definition.alias, options);
    yield* this.parts.verifier.drift(definition, definition.alias, options);
  }

  /** Writes exactly the documents that differ, by the steps that keep a newer version from holding older content. */
  async repair(index: IndexReference, options?: VerifyOptions): Promise<RepairResult> {
    checkCall('repair', options, VERIFY);
    const definition = this.parts.definitionOf(index);
    const counts = { missing: 0, orphaned: 0, outdated: 0 };
    let keys: PrimaryKey[] = [];
    const write = async (): Promise<void> => {
      assertAllWritten(await this.parts.publisher.publish(definition, keys, options));
      keys = [];
    };
    for await (const { key, drift } of this.verify(index, options)) {
      counts[drift] += 1;
      if (keys.push(key) >= PAGE_SIZE) await write();
    }
    if (keys.length > 0) await write();
    return counts;
  }

  private async run(
    definition: IndexDefinition,
    options: MigrateOptions,
    report: (progress: MigrationProgress) => void,
  ): Promise<void> {
    const { alias } = definition;
    const { store } = this.requireStore();
    await store.exclusively(alias, async () => {
      const migration = new Migration(definition, { ...this.parts, store }, options);
      const state = await this.begin(definition, migration, options, report);
      // A relay that looked before the new index is noted would find rows that it may not write.
      if (state) await this.parts.relaying(() => this.carryOut(migration, state, report));
    });
  }

  /** Notes a migration, or goes on with the one that is noted. @returns where it stands; `undefined` when nothing is to be done. */
  private async begin(
    definition: IndexDefinition,
    migration: Migration,
    options: MigrateOptions,
    report: (progress: MigrationProgress) => void,
  ): Promise<MigrationState | undefined> {
    const { alias, hash } = definition;
    const { store } = this.requireStore();
    const before = await store.read(alias);
    if (before && (isUnderWay(before) || before.phase === 'swapped') && before.newHash !== hash) {
      throw new SearchMigrationError(
        alias,
        `has another model's migration under way (${before.newHash}): finish it or roll it back first`,
      );
    }
    if (before?.phase === 'swapped') return void report(progressMeter(alias, 'swapped', before.total, 0)(before.total));
    if (!before || !isUnderWay(before)) {
      const plan = planOf(definition, await this.liveIndex(definition, options));
      if (plan.action === 'none') return void report(progressMeter(alias, 'finished', 0, 0)(0));
      if (plan.action === 'create')
        throw new SearchMigrationError(
          alias,
          'is not there yet: run search.ensureIndices(), then repository.indexAll()',
        );
      await migration.begin(plan);
    }
    return store.read(alias);
  }

  private async carryOut(
    migration: Migration,
    state: MigrationState,
    report: (progress: MigrationProgress) => void,
  ): Promise<void> {
    try {
      for await (const progress of migration.run(state)) report(progress);
    } catch (error) {
      if (error instanceof SearchMigrationError && error.failures.length > 0) await this.abandon(state);
      throw error;
    }
  }

  /** Nobody has searched the new index: it goes, and writes go to the old one alone. */
  private async abandon({ alias, kind, newIndex }: MigrationState): Promise<void> {
    const { store, engine } = this.requireStore();
    if (kind === 'additive') return;
    await store.advance(alias, { phase: 'rolled-back' });
    await engine.deleteIndex(newIndex);
  }

  private async liveIndex({ alias }: IndexDefinition, options?: CallOptions): Promise<IndexState | undefined> {
    const indices = await this.parts.engine.readIndices(alias, options);
    const names = indices.map(({ index }) => index).join(', ');
    if (indices.length > 1)
      throw new SearchIndexMismatchError(
        alias,
        names,
        'is several indices behind one alias',
        'Remove the alias from all but one',
      );
    if (names === alias)
      throw new SearchIndexMismatchError(
        alias,
        names,
        'has the name that the alias needs',
        'Delete it, or change the `prefix` or @Indexed({ name })',
      );
    return indices[0];
  }

  private requireStore(): { store: MigrationParts['store']; engine: MigrationParts['engine'] } {
    const { store, engine } = this.parts;
    if (!store) throw new SearchTableMissingError('the table search_migration');
    return { store, engine };
  }
}
