import { marks, type Database, type Row } from '../database/database.js';
import type { PrimaryKey } from '../rows/entity-reader.js';
import { keyOfRow, type OutboxTable } from './outbox-table.js';

export interface Backlog {
  /** Rows that wait, refused ones that are tried again included. */
  readonly pending: number;
  /** Documents that were refused too often, and wait for `redrive()`. */
  readonly deadLetters: number;
  /** Age of the oldest row that waits, in milliseconds; 0 when none does. */
  readonly lagMs: number;
}

/** A document that was refused too often, and is tried no more. */
export interface DeadLetter {
  readonly alias: string;
  /** Empty for the document of `key`; else the relations that lead from a document to the changed row of `key`. */
  readonly path: string;
  readonly key: PrimaryKey;
  readonly attempts: number;
  readonly reason: string;
  readonly givenUpAt: Date;
}

/** What waits in the outbox, and what was given up. */
export class OutboxBacklog {
  /** @param now epoch milliseconds */
  constructor(
    private readonly database: Database,
    private readonly rows: OutboxTable,
    private readonly now: () => number,
  ) {}

  async sizes(aliases: readonly string[]): Promise<Backlog> {
    const sql = `select parked_at is not null as parked, count(*) as many, min(created_at) as oldest from ${this.rows.name} where index_alias in (${marks(aliases)}) group by 1`;
    const rows = await this.database.all(sql, aliases);
    const of = (parked: boolean): Row | undefined => rows.find((row) => Boolean(Number(row['parked'])) === parked);
    const oldest = of(false)?.['oldest'];
    return {
      pending: Number(of(false)?.['many'] ?? 0),
      deadLetters: Number(of(true)?.['many'] ?? 0),
      lagMs: oldest === undefined || oldest === null ? 0 : Math.max(0, this.now() - Number(oldest)),
    };
  }

  /** The newest row; rows up to it that wait are counted by `waitingUpTo`. */
  async newest(aliases: readonly string[]): Promise<string> {
    const [row] = await this.database.all(
      `select max(id) as id from ${this.rows.name} where index_alias in (${marks(aliases)})`,
      aliases,
    );
    return String((row?.['id'] as number | string | null | undefined) ?? 0);
  }

  /** Rows up to `id` that were not tried yet. */
  async waitingUpTo(id: string, aliases: readonly string[]): Promise<number> {
    const sql = `select count(*) as many from ${this.rows.name} where id <= ? and attempts = 0 and index_alias in (${marks(aliases)})`;
    return Number((await this.database.all(sql, [id, ...aliases]))[0]?.['many'] ?? 0);
  }

  async deadLetters(aliases: readonly string[], limit: number): Promise<DeadLetter[]> {
    await this.rows.learn();
    const sql = `select ${this.rows.columns}, reason, parked_at from ${this.rows.name} where parked_at is not null and index_alias in (${marks(aliases)}) order by id limit ${limit}`;
    return (await this.database.all(sql, aliases)).map((row) => ({
      alias: String(row['index_alias']),
      path: String(row['path']),
      key: keyOfRow(row),
      attempts: Number(row['attempts']),
      reason: String(row['reason']),
      givenUpAt: new Date(Number(row['parked_at'])),
    }));
  }

  /** Gives dead letters another try, from the first. @returns how many */
  async redrive(aliases: readonly string[]): Promise<number> {
    const sql = `update ${this.rows.name} set parked_at = null, attempts = 0, available_at = ? where parked_at is not null and index_alias in (${marks(aliases)})`;
    return (await this.database.run(sql, [this.now(), ...aliases])).affectedRows;
  }
}
