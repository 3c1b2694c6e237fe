import { SearchMigrationError } from '../errors/sync.errors.js';
import type { VersionClock } from '../contracts/version-clock.js';
import type { Database, Row } from '../database/database.js';
import { SearchMigrationRow } from '../database/tables.js';
import { MigrationLease, OWNED_MS } from './migration-lease.js';
import { PHASES, type MigrationFacts, type MigrationState } from './migration-state.js';

/** The column holds 100 characters. */
const MAX_PROCESS = 70;

/** Migrations in the database. A lease per index keeps processes that migrate at once apart. */
export class MigrationStore {
  private readonly table: string;

  constructor(
    private readonly database: Database,
    /** Shown to who has to wait. */
    private readonly process: string,
    /** Numbers that rise over all processes: each taking of an index gets one. */
    private readonly fences: VersionClock,
    private readonly now: () => number = Date.now,
  ) {
    this.table = database.table(SearchMigrationRow);
  }

  async read(alias: string): Promise<MigrationState | undefined> {
    const [row] = await this.database.all(`select * from ${this.table} where index_alias = ?`, [alias]);
    return row && row['phase'] !== '' ? stateOf(row) : undefined;
  }

  /** Takes the index for `work` alone, in all processes. @throws SearchMigrationError when another one has it. */
  async exclusively<T>(alias: string, work: (lease: MigrationLease) => Promise<T>): Promise<T> {
    const lease = await this.acquire(alias);
    // Longer than any step: a page of a backfill, a wait for rows.
    const renewal = setInterval(() => void lease.renew().catch(() => undefined), OWNED_MS / 4);
    try {
      return await work(lease);
    } catch (error) {
      // Whatever failed: that it is not the owner any more is the better reason.
      const lost = await lease.renew().catch((caught: unknown) => caught);
      throw lost instanceof SearchMigrationError ? lost : error;
    } finally {
      clearInterval(renewal);
      await lease.release().catch(() => undefined);
    }
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

  private async acquire(alias: string): Promise<MigrationLease> {
    const fence = await this.fences.next();
    const owner = `${this.process.slice(0, MAX_PROCESS)}, attempt ${fence.toString(36)}`;
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
      [owner, now + OWNED_MS, alias, now, now + 2 * OWNED_MS],
    );
    if (taken.affectedRows === 1) return new MigrationLease(this.database, this.table, alias, fence, owner, this.now);
    const state = await this.database.all(`select owner from ${this.table} where index_alias = ?`, [alias]);
    throw new SearchMigrationError(
      alias,
      `is being migrated by ${String(state[0]?.['owner'])}: wait for it; ${OWNED_MS / 1000} seconds after that process is gone another may go on`,
      [],
      { reason: 'held' },
    );
  }
}

function stateOf(row: Row): MigrationState {
  const text = (column: string): string | undefined => (row[column] as string | null) ?? undefined;
  const phase = PHASES.find((known) => known === row['phase']);
  if (!phase)
    throw new SearchMigrationError(
      text('index_alias') ?? '',
      `is in a phase that this version does not have: ${text('phase')}`,
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
