import type { VersionClock } from '../contracts/version-clock.js';
import type { Database } from './database.js';
import { SearchClockRow } from './tables.js';

/**
 * The version clock of all processes on one database. A tick is a short transaction of its own that sets
 * `value = max(value + 1, now in microseconds)`: versions rise strictly, over restarts, backups and clocks that step back.
 *
 * @param now epoch milliseconds
 */
export class DatabaseClock implements VersionClock {
  private readonly table: string;
  private ready: Promise<unknown> | undefined;

  constructor(
    private readonly database: Database,
    private readonly now: () => number = Date.now,
  ) {
    this.table = database.table(SearchClockRow);
  }

  async next(): Promise<number> {
    this.ready ??= this.createRow();
    await this.ready.catch((error: unknown) => {
      this.ready = undefined;
      throw error;
    });
    const now = Math.floor(this.now() * 1000);
    const greater = 'case when value + 1 > ? then value + 1 else ? end';
    const value = await (this.database.dialect === 'mysql' ? this.setOnMysql(greater, now) : this.set(greater, now));
    // A row that someone deleted is made again: the time of day is above what was given before.
    if (value !== undefined) return value;
    this.ready = undefined;
    return this.next();
  }

  private async set(greater: string, now: number): Promise<number | undefined> {
    const [row] = await this.database.all(`update ${this.table} set value = ${greater} where id = 1 returning value`, [
      now,
      now,
    ]);
    return row && Number(row['value']);
  }

  /** MySQL has no RETURNING for an update. */
  private async setOnMysql(greater: string, now: number): Promise<number | undefined> {
    const { affectedRows, insertId } = await this.database.run(
      `update ${this.table} set value = last_insert_id(${greater}) where id = 1`,
      [now, now],
    );
    return affectedRows > 0 ? Number(insertId) : undefined;
  }

  private createRow(): Promise<unknown> {
    const [ignore, otherwise] = this.database.dialect === 'mysql' ? ['ignore ', ''] : ['', ' on conflict do nothing'];
    return this.database.run(`insert ${ignore}into ${this.table} (id, value) values (1, 0)${otherwise}`);
  }
}
