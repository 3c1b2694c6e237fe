import { SearchMigrationError } from '../errors/sync.errors.js';
import type { Database } from '../database/database.js';
import type { MigrationFacts, MigrationPhase } from './migration-state.js';

/** What a migration begins with. */
export type NewMigration = Pick<MigrationFacts, 'oldIndex' | 'newIndex' | 'oldHash' | 'newHash' | 'total'>;
/** What changes as it goes. */
export type MigrationAdvance = Partial<Pick<MigrationFacts, 'lastKey' | 'done'> & { readonly phase: MigrationPhase }>;

/** Nobody else may migrate an index for this long after its owner has renewed it. */
export const OWNED_MS = 15_000;

/**
 * An index that one attempt alone may migrate, until another takes it over. Each write names the attempt in the
 * statement that changes the row: one that stood still for longer than its lease changes nothing when it goes on.
 */
export class MigrationLease {
  constructor(
    private readonly database: Database,
    private readonly table: string,
    readonly alias: string,
    /** Number of the attempt; a later one has a higher number, in all processes. */
    readonly fence: number,
    private readonly owner: string,
    private readonly now: () => number,
  ) {}

  /** Notes a migration: relays write to both indices from here on. @throws SearchMigrationError when another has taken over. */
  async begin({ oldIndex, newIndex, oldHash, newHash, total }: NewMigration): Promise<void> {
    const now = this.now();
    const sets =
      'phase = ?, old_index = ?, new_index = ?, old_hash = ?, new_hash = ?, last_key = null, done = 0, total = ?, started_at = ?, updated_at = ?, inexact = null';
    await this.set(sets, ['backfill', oldIndex, newIndex, oldHash ?? null, newHash, total, now, now]);
  }

  /** @throws SearchMigrationError when another has taken over. */
  async advance({ phase, lastKey, done }: MigrationAdvance): Promise<void> {
    const now = this.now();
    const changes = Object.entries({
      phase,
      last_key: lastKey,
      done,
      updated_at: now,
      owned_until: now + OWNED_MS,
    }).filter(([, value]) => value !== undefined);
    await this.set(
      changes.map(([column]) => `${column} = ?`).join(', '),
      changes.map(([, value]) => value),
    );
  }

  /** Shows that it lives. @throws SearchMigrationError when another has taken over. */
  renew(): Promise<void> {
    return this.advance({});
  }

  /** Free for others. Does nothing when another has taken over. */
  async release(): Promise<void> {
    await this.database.run(
      `update ${this.table} set owner = null, owned_until = 0 where index_alias = ? and owner = ?`,
      [this.alias, this.owner],
    );
  }

  private async set(sets: string, values: readonly unknown[]): Promise<void> {
    const { affectedRows } = await this.database.run(
      `update ${this.table} set ${sets} where index_alias = ? and owner = ?`,
      [...values, this.alias, this.owner],
    );
    if (affectedRows === 0)
      throw new SearchMigrationError(
        this.alias,
        'was taken over by another process while this one stood still: it changed nothing since',
        [],
        { reason: 'taken-over' },
      );
  }
}
