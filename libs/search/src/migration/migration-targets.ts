import type { SearchEngine } from '../contracts/engine.js';
import type { BulkFailure } from '../contracts/bulk-failure.js';
import { SearchIndexMismatchError } from '../errors/model.errors.js';
import type { SearchEventListener } from '../contracts/search-event.js';
import { SearchModelOutdatedError } from '../errors/sync.errors.js';
import { hashOf, type IndexDefinition } from '../mapping/index-definition.js';
import type { IndexTargets, WriteTarget } from '../indexing/index-targets.js';
import { fitDocument } from './fit-document.js';
import { writeAlias, writePlan, type MigrationState } from './migration-state.js';
import type { MigrationStore } from './migration-store.js';

/**
 * Where writes go, read from the database for each batch: the alias, or both indices while one is migrated. The old
 * index gets documents cut to what its mapping has; what it refuses nevertheless only makes a rollback inexact.
 */
export class MigrationTargets implements IndexTargets {
  /** What was found out of a definition: the live index has its model, or a migration brings it there. */
  private readonly known = new WeakMap<IndexDefinition, 'fitting' | 'migrating'>();
  private readonly fits = new Map<string, (document: object) => object>();

  constructor(
    private readonly plain: IndexTargets,
    private readonly store: Pick<MigrationStore, 'read' | 'noteInexact'>,
    private readonly engine: Pick<SearchEngine, 'readIndices'>,
    private readonly report: SearchEventListener,
  ) {}

  /** @throws SearchModelOutdatedError when this process's documents do not belong into the index now. */
  async of(definition: IndexDefinition): Promise<readonly WriteTarget[]> {
    const state = await this.store.read(definition.alias);
    if (!state) return this.unmigrated(definition);
    if (writePlan(state, definition.hash) === 'alias') return [{ index: definition.alias, role: 'live' }];
    return this.both(state);
  }

  /** Searches go on while the index has another model: a migration brings it to this one. */
  async ready(definition: IndexDefinition): Promise<void> {
    if (this.known.get(definition) === 'migrating') return;
    try {
      await this.plain.ready(definition);
    } catch (error) {
      const another = error instanceof SearchIndexMismatchError && error.mismatch === 'model';
      if (!another || !(await this.store.read(definition.alias))) throw error;
      this.known.set(definition, 'migrating');
    }
  }

  async shadowRefused({ alias }: IndexDefinition, failures: readonly BulkFailure[]): Promise<void> {
    // An index that is gone is no longer written to: the migration ended meanwhile.
    const refused = failures.filter(({ type }) => type !== 'index_not_found_exception');
    const [first] = refused;
    if (!first) return;
    await this.store.noteInexact(alias, `document ${first.id}: ${first.type}: ${first.reason}`);
    this.report({ type: 'shadow-refused', index: alias, failures: refused });
  }

  /** Also where this process creates no indices: a release that comes before its migration leaves its changes to others. */
  private async unmigrated(definition: IndexDefinition): Promise<readonly WriteTarget[]> {
    const targets = await this.plain.of(definition);
    if (this.known.get(definition) === 'fitting') return targets;
    const [live] = await this.engine.readIndices(definition.alias);
    const hash = live && hashOf(live.meta);
    if (live && hash !== definition.hash)
      throw new SearchModelOutdatedError(definition.alias, definition.hash, hash ?? 'of another program');
    if (live) this.known.set(definition, 'fitting');
    return targets;
  }

  private async both({ oldIndex, newIndex }: MigrationState): Promise<readonly WriteTarget[]> {
    return [
      { index: writeAlias(newIndex), role: 'live' },
      { index: writeAlias(oldIndex), role: 'shadow', fit: await this.fitOf(oldIndex) },
    ];
  }

  private async fitOf(index: string): Promise<(document: object) => object> {
    const known = this.fits.get(index);
    if (known) return known;
    const [state] = await this.engine.readIndices(index);
    const fit = (document: object): object => (state ? fitDocument(document, state.mappings.properties) : document);
    this.fits.set(index, fit);
    return fit;
  }
}
