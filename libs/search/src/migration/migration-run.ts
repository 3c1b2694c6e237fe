import { SearchMigrationError, SearchTableMissingError } from '../errors/sync.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { putAddition } from './addition.js';
import { addFields } from './add-fields.js';
import { deleteBeside, moveAlias } from './alias-moves.js';
import { liveIndexOf } from './live-index.js';
import { Migration } from './migration.js';
import type { MigrationLease } from './migration-lease.js';
import type { MigrateOptions, MigrationParts } from './migration-options.js';
import { isUnderWay, type MigrationState } from './migration-state.js';
import type { MigrationStore } from './migration-store.js';
import { planOf } from './plan.js';
import { progressMeter, type MigrationProgress } from './progress.js';

export interface MigrationRunParts extends MigrationParts {
  /** Absent where the database has no tables for migrations. */
  readonly store: MigrationStore | undefined;
  /** Runs a relay while `work` does, so that rows never wait for another process. */
  readonly relaying: <T>(work: () => Promise<T>) => Promise<T>;
}

interface Told {
  readonly report: (progress: MigrationProgress) => void;
  /** Searches and writes of the model work from here on. */
  readonly begun: () => void;
}

interface Beginning extends Pick<Told, 'report'> {
  readonly definition: IndexDefinition;
  readonly migration: Migration;
  readonly lease: MigrationLease;
  readonly options: MigrateOptions;
  readonly store: MigrationStore;
}

/** Begins a migration, or goes on with the one that is noted, and carries it out as the only one that may. */
export class MigrationRun {
  constructor(private readonly parts: MigrationRunParts) {}

  async run(definition: IndexDefinition, options: MigrateOptions, { report, begun }: Told): Promise<void> {
    const { alias } = definition;
    const { store } = this.parts;
    if (!store) return this.runWithoutTables(definition, options, { report, begun });
    await store.exclusively(alias, async (lease) => {
      const migration = new Migration(definition, this.parts, options, lease);
      const state = await this.begin({ definition, migration, lease, options, report, store });
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
    { report, begun }: Told,
  ): Promise<void> {
    const plan = planOf(definition, await liveIndexOf(this.parts.engine, definition, options));
    if (plan.action === 'none') return void report(progressMeter(definition.alias, 'finished', 0, 0)(0));
    if (plan.action === 'create') throw notThere(definition);
    if (plan.action === 'rebuild') throw new SearchTableMissingError('the table search_migration');
    for await (const progress of addFields(definition, plan.liveIndex!, this.parts, options)) {
      begun();
      report(progress);
    }
  }

  /** Notes a migration, or goes on with the one that is noted. @returns where it stands; `undefined` when nothing is to be done. */
  private async begin({
    definition,
    migration,
    lease,
    options,
    report,
    store,
  }: Beginning): Promise<MigrationState | undefined> {
    const { alias, hash } = definition;
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
    const plan = planOf(definition, await liveIndexOf(this.parts.engine, definition, options));
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
}

function notThere({ alias }: IndexDefinition): SearchMigrationError {
  return new SearchMigrationError(alias, 'is not there yet: run search.ensureIndices(), then repository.indexAll()');
}
