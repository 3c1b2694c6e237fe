import { SearchMigrationError } from '../errors/sync.errors.js';
import type { Database, Row } from '../database/database.js';
import { SearchMigrationRow } from '../database/tables.js';
import { PHASES, type MigrationFacts, type MigrationPhase, type MigrationState } from './migration-state.js';

/** What a migration begins with. */
export type NewMigration = Pick<MigrationFacts, 'alias' | 'oldIndex' | 'newIndex' | 'oldHash' | 'newHash' | 'total'>;
/** What changes as it goes. */
export type MigrationAdvance = Partial<Pick<MigrationFacts, 'lastKey' | 'done'> & { readonly phase: MigrationPhase }>;

/** Nobody else may migrate an index for this long after its owner was heard of. */
const OWNED_MS = 15_000;

/** Migrations in the database. A lease per index keeps processes that migrate at once apart. */
export class MigrationStore {
  private readonly table: string;

  constructor(
    private readonly database: Database,
    private readonly owner: string,
    private readonly now: () => number = Date.now,
  ) {
    this.table = database.table(SearchMigrationRow);
  }

  async read(alias: string): Promise<MigrationState | undefined> {
    const [row] = await this.database.all(`select * from ${this.table} where index_alias = ?`, [alias]);
    return row && row['phase'] !== '' ? stateOf(row) : undefined;
  }

  /** Takes the index for `work` alone, in all processes. @throws SearchMigrationError when another one has it. */
  async exclusively<T>(alias: string, work: () => Promise<T>): Promise<T> {
    await this.acquire(alias);
    // Longer than any step: a page of a backfill, a wait for rows.
    const renewal = setInterval(() => void this.advance(alias, {}).catch(() => undefined), OWNED_MS / 4);
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      await this.database
        .run(`update ${this.table} set owner = null, owned_until = 0 where index_alias = ? and owner = ?`, [
          alias,
          this.owner,
        ])
        .catch(() => undefined);
    }
  }

  /** Only the owner may. Relays write to both indices from here on. */
  async begin({ alias, oldIndex, newIndex, oldHash, newHash, total }: NewMigration): Promise<void> {
    const now = this.now();
    const sets =
      'phase = ?, old_index = ?, new_index = ?, old_hash = ?, new_hash = ?, last_key = null, done = 0, total = ?, started_at = ?, updated_at = ?, inexact = null';
    await this.owned(alias, sets, ['backfill', oldIndex, newIndex, oldHash ?? null, newHash, total, now, now]);
  }

  /** Only the owner may. @throws SearchMigrationError when it is not ours any more. */
  async advance(alias: string, { phase, lastKey, done }: MigrationAdvance): Promise<void> {
    const now = this.now();
    const changes = Object.entries({
      phase,
      last_key: lastKey,
      done,
      updated_at: now,
      owned_until: now + OWNED_MS,
    }).filter(([, value]) => value !== undefined);
    await this.owned(
      alias,
      changes.map(([column]) => `${column} = ?`).join(', '),
      changes.map(([, value]) => value),
    );
  }

  /** A rollback would bring back an index that lacks something. The first reason stays. */
  async noteInexact(alias: string, reason: string): Promise<void> {
    await this.database.run(`update ${this.table} set inexact = ? where index_alias = ? and inexact is null`, [
      reason,
      alias,
    ]);
  }

  /** Forgets what was migrated: the index is made anew. */
  async forget(alias: string): Promise<void> {
    await this.database.run(`delete from ${this.table} where index_alias = ?`, [alias]);
  }

  private async acquire(alias: string): Promise<void> {
    const now = this.now();
    const [ignore, otherwise] = this.database.dialect === 'mysql' ? ['ignore ', ''] : ['', ' on conflict do nothing'];
    const columns =
      'index_alias, phase, old_index, new_index, new_hash, done, total, started_at, updated_at, owned_until';
    await this.database.run(
      `insert ${ignore}into ${this.table} (${columns}) values (?, '', '', '', '', 0, 0, ?, ?, 0)${otherwise}`,
      [alias, now, now],
    );
    const taken = await this.database.run(
      `update ${this.table} set owner = ?, owned_until = ? where index_alias = ? and (owner is null or owned_until < ? or owned_until > ?)`,
      [this.owner, now + OWNED_MS, alias, now, now + 2 * OWNED_MS],
    );
    if (taken.affectedRows === 1) return;
    const state = await this.database.all(`select owner from ${this.table} where index_alias = ?`, [alias]);
    throw new SearchMigrationError(
      alias,
      `is being migrated by ${String(state[0]?.['owner'])}: wait for it; ${OWNED_MS / 1000} seconds after that process is gone another may go on`,
    );
  }

  private async owned(alias: string, sets: string, values: readonly unknown[]): Promise<void> {
    const { affectedRows } = await this.database.run(
      `update ${this.table} set ${sets} where index_alias = ? and owner = ?`,
      [...values, alias, this.owner],
    );
    if (affectedRows === 0) throw new SearchMigrationError(alias, 'was taken over by another process');
  }
}

function stateOf(row: Row): MigrationState {
  const text = (column: string): string | undefined => (row[column] as string | null) ?? undefined;
  const phase = PHASES.find((known) => known === row['phase']);
  if (!phase)
    throw new SearchMigrationError(
      text('index_alias') ?? '',
      `is in a phase that this version does not know: ${text('phase')}`,
    );
  const facts: MigrationFacts = {
    alias: text('index_alias')!,
    oldIndex: text('old_index')!,
    newIndex: text('new_index')!,
    oldHash: text('old_hash'),
    newHash: text('new_hash')!,
    lastKey: text('last_key'),
    done: Number(row['done']),
    total: Number(row['total']),
    startedAt: new Date(Number(row['started_at'])),
    updatedAt: new Date(Number(row['updated_at'])),
    owner: text('owner'),
    inexact: text('inexact'),
  };
  if (facts.oldIndex !== facts.newIndex) return { ...facts, kind: 'rebuild', phase };
  if (phase !== 'swapped' && phase !== 'rolled-back') return { ...facts, kind: 'additive', phase };
  throw new SearchMigrationError(
    facts.alias,
    `is ${phase} without another index: its row in search_migration is wrong`,
  );
}
