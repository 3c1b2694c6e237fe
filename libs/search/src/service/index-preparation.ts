import { isUnavailable } from '../support/engine-failure.js';
import { SearchIndexMismatchError } from '../errors/model.errors.js';
import { SearchMigrationError } from '../errors/sync.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { allowsModel, isUnderWay, type MigrationState } from '../migration/migration-state.js';
import type { MigrationService } from '../migration/migration.service.js';
import type { MigrationStore } from '../migration/migration-store.js';
import { describeDifference, PLACEMENT, PLACEMENT_REMEDY, type MigrationPlan } from '../migration/plan.js';
import { backoffMs } from '../support/backoff.js';
import { pause } from '../support/pause.js';
import type { IndexAdmin } from '../indexing/index-admin.js';
import type { ResolvedSearchOptions } from './options.js';

const CREATE_BACKOFF = { baseMs: 250, maxMs: 15_000 };

interface Parts {
  readonly definitions: readonly IndexDefinition[];
  readonly admin: IndexAdmin;
  readonly migrations: MigrationService;
  /** Absent where the database has no tables for migrations. */
  readonly store: MigrationStore | undefined;
  readonly options: Pick<ResolvedSearchOptions, 'createIndices' | 'whenEngineIsDown' | 'whenModelChanges' | 'onEvent'>;
}

/** Brings indices to the model when the application starts; goes on in the background while the engine is away. */
export class IndexPreparation {
  private stopping = new AbortController();
  private background: Promise<void> | undefined;

  constructor(private readonly parts: Parts) {}

  /** @throws SearchIndexMismatchError; SearchEngineUnavailableError with `whenEngineIsDown: 'refuse'` only. */
  async start(): Promise<void> {
    const { createIndices, whenEngineIsDown, onEvent } = this.parts.options;
    if (!createIndices) return;
    if (this.stopping.signal.aborted) this.stopping = new AbortController();
    try {
      await this.ensureAll();
    } catch (error) {
      if (!isUnavailable(error) || whenEngineIsDown === 'refuse') throw error;
      onEvent({ type: 'indices-delayed', error });
      this.background = this.createInBackground();
    }
  }

  /** Creates the indices that are missing and checks the others. @throws SearchIndexMismatchError */
  async ensureAll(): Promise<void> {
    for (const definition of this.parts.definitions) await this.ensure(definition);
  }

  /** Ends what goes on in the background, and waits for it, `timeoutMs` at most. */
  async stop(timeoutMs: number): Promise<void> {
    this.stopping.abort();
    const waiting = new AbortController();
    await Promise.race([this.background, pause(timeoutMs, waiting.signal)]);
    waiting.abort();
  }

  private async ensure(definition: IndexDefinition): Promise<void> {
    const state = await this.parts.store?.read(definition.alias);
    const goesOn = state && isUnderWay(state) && state.newHash === definition.hash;
    try {
      await this.parts.admin.ensure(definition);
    } catch (error) {
      if (!(error instanceof SearchIndexMismatchError) || error.mismatch !== 'model') throw error;
      if (goesOn ? !this.resumes(state) : state && allowsModel(state, definition.hash)) return;
      return this.bringToModel(definition);
    }
    if (goesOn && this.resumes(state)) await this.migrate(definition);
  }

  /** Whether a migration that was ended early is gone on with by a start. */
  private resumes({ kind }: MigrationState): boolean {
    return kind === 'additive' || this.parts.options.whenModelChanges === 'migrate';
  }

  /** The index was made from another model. */
  private async bringToModel(definition: IndexDefinition): Promise<void> {
    const { alias, model } = definition;
    const plan = await this.parts.migrations.plan(model.name);
    if (plan.action === 'none') return;
    if (plan.action === 'rebuild' && this.parts.options.whenModelChanges === 'refuse') {
      const differences = plan.differences.map((difference) => `\n  ${describeDifference(difference)}`).join('');
      const remedy = rebuildRemedy(model.name, plan, this.parts.store !== undefined);
      throw new SearchIndexMismatchError(
        alias,
        plan.liveIndex ?? '',
        'was made from another model',
        `${remedy}:${differences}`,
        'model',
      );
    }
    await this.migrate(definition);
  }

  /** Resolves when searches and writes of the model work; documents are written in the background. */
  private migrate(definition: IndexDefinition): Promise<void> {
    return new Promise((resolve) => {
      const done = this.migrateInBackground(definition, resolve).finally(resolve);
      this.background = Promise.all([this.background, done]).then(() => undefined);
    });
  }

  private async migrateInBackground({ alias, model }: IndexDefinition, begun: () => void): Promise<void> {
    const { signal } = this.stopping;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        return await this.parts.migrations.bring(model.name, { signal }, begun);
      } catch (error) {
        begun();
        // Another process is at it, and may end before it is done.
        const later = isUnavailable(error) || (error instanceof SearchMigrationError && error.reason !== 'refused');
        if (signal.aborted) return;
        if (!later) return this.parts.options.onEvent({ type: 'migration-failed', index: alias, error });
        if (isUnavailable(error) && attempt === 1)
          this.parts.options.onEvent({ type: 'migration-failed', index: alias, error });
        await pause(backoffMs(attempt, CREATE_BACKOFF, 0.5 + Math.random() / 2), signal);
      }
    }
  }

  private async createInBackground(): Promise<void> {
    const { signal } = this.stopping;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      await pause(backoffMs(attempt, CREATE_BACKOFF, 0.5 + Math.random() / 2), signal);
      if (signal.aborted) return;
      try {
        await this.ensureAll();
        return this.parts.options.onEvent({
          type: 'indices-ready',
          indices: this.parts.definitions.map(({ alias }) => alias),
        });
      } catch (error) {
        if (isUnavailable(error)) continue;
        return this.parts.options.onEvent({ type: 'indices-delayed', error });
      }
    }
  }
}

function rebuildRemedy(name: string, { differences }: MigrationPlan, hasTables: boolean): string {
  if (differences.some(({ path }) => path === PLACEMENT)) return PLACEMENT_REMEDY;
  const command = `\`search migrate ${name}\``;
  if (hasTables) return `Run ${command}, or set whenModelChanges: 'migrate'`;
  return `Add ...searchEntities to the ORM's \`entities\`, create their tables, then run ${command}`;
}
