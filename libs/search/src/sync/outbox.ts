import { marks, type Database, type TransactionContext } from '../database/database.js';
import type { OutboxRow, Refusal, UnreachableRow } from './outbox-row.js';
import { OutboxBacklog } from './outbox-backlog.js';
import { isReadable, OutboxTable, rowOf, type NewRow } from './outbox-table.js';
import { columnText, encodeKey } from '../database/key-text.js';
import type { Touch } from '../capture/touch.js';

/** Rows that one relay holds: nobody else works on them until `work` ends. */
export interface Claim {
  readonly rows: readonly OutboxRow[];
  /** Shows the database that this relay lives. @throws when the claim is lost. */
  alive(): Promise<void>;
  /**
   * Ends rows that are done, and writes down refused documents in their place. Unreachable ones wait for another release,
   * and are given up when that lasts too long. Rows in none of these are released. @returns the unreachable ones given up
   */
  settle(
    done: readonly OutboxRow[],
    refusals: readonly Refusal[],
    unreachable: readonly UnreachableRow[],
  ): Promise<readonly UnreachableRow[]>;
}

/** Where committed changes wait. */
export interface Outbox {
  /** Claims due rows of these indices, at most `limit`. @returns the number of rows; `work` is not called for none. */
  claim(aliases: readonly string[], limit: number, work: (claim: Claim) => Promise<void>): Promise<number>;
}

export interface OutboxOptions {
  /** Refusals after which a document becomes a dead letter. */
  readonly maxAttempts: number;
  /** Wait after refusal number `attempts`, in milliseconds. */
  readonly retryAfterMs: (attempts: number) => number;
  /** The longest of these waits: a row due later than that was written by a clock that went wrong. */
  readonly maxRetryMs: number;
  /** How long a row waits for a release that has its path, in milliseconds. */
  readonly unknownPathWaitMs: number;
  /** The trace that rows carry; without it, they carry none and their column is not used. */
  readonly traceparent?: () => string | undefined;
  /** Entities whose keys may be too long for the column of keys: they need that of long ones. */
  readonly longKeys?: readonly string[];
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Another release looks for rows that this one set aside so often, in milliseconds. */
const UNREACHABLE_RETRY_MS = 5_000;
/** PostgreSQL ends the session of a relay that stands still for longer, and so frees its rows. */
const STALLED_RELAY_MS = 120_000;
/** Values of one statement stay far below the limits of every database. */
const ROWS_PER_STATEMENT = 1_000;

/** The outbox in the application's database. */
export class DatabaseOutbox implements Outbox {
  readonly backlog: OutboxBacklog;
  private readonly rows: OutboxTable;
  private readonly table: string;

  constructor(
    private readonly database: Database,
    private readonly options: OutboxOptions,
  ) {
    this.rows = new OutboxTable(database, options.traceparent !== undefined);
    this.table = this.rows.name;
    this.backlog = new OutboxBacklog(database, this.rows, options.now);
  }

  /** @throws SearchTableMissingError */
  async check(): Promise<void> {
    await this.rows.check(this.options.longKeys ?? []);
    await this.database.tryLastStatement();
  }

  /** Writes touches down, inside the transaction that made them: one statement, in pages for very many. */
  async add(touches: readonly Touch[], context: TransactionContext): Promise<void> {
    for (let at = 0; at < touches.length; at += ROWS_PER_STATEMENT) {
      const { sql, values } = this.rows.insertOf(this.rowsOf(touches.slice(at, at + ROWS_PER_STATEMENT)));
      await this.database.run(sql, values, context);
    }
  }

  /** The same right before the COMMIT of the transaction. @returns whether they were sent, to be called after the COMMIT */
  async addLast(touches: readonly Touch[], context: TransactionContext): Promise<() => boolean> {
    if (!this.database.takesLastStatement(context)) {
      await this.add(touches, context);
      return () => true;
    }
    const early = touches.length - ROWS_PER_STATEMENT;
    if (early > 0) await this.add(touches.slice(0, early), context);
    const last = this.rowsOf(early > 0 ? touches.slice(early) : touches);
    return this.database.runLast(this.rows.insertWithValues(last), context, () => this.rows.insertOf(last));
  }

  private rowsOf(touches: readonly Touch[]): NewRow[] {
    const now = this.options.now();
    // Read once for each statement.
    const traceparent = this.options.traceparent?.() ?? null;
    return touches.map(({ definition, path, key }) => ({
      alias: definition.alias,
      path,
      key,
      createdAt: now,
      attempts: 0,
      availableAt: now,
      traceparent,
    }));
  }

  async claim(aliases: readonly string[], limit: number, work: (claim: Claim) => Promise<void>): Promise<number> {
    if (aliases.length === 0) return 0;
    await this.rows.learn();
    // SQLite locks the whole database for a transaction: there, rows are read without a claim. Two relays would do
    // the same work twice, which changes nothing in an index.
    if (this.database.dialect === 'sqlite')
      return this.work(await this.due(aliases, limit, undefined), undefined, work);
    return this.database.transactional(async (context) => {
      if (this.database.dialect === 'postgres')
        await this.database.run(`set local idle_in_transaction_session_timeout = ${STALLED_RELAY_MS}`, [], context);
      return this.work(await this.due(aliases, limit, context), context, work);
    });
  }

  private async work(
    due: readonly OutboxRow[],
    context: TransactionContext,
    work: (claim: Claim) => Promise<void>,
  ): Promise<number> {
    if (due.length === 0) return 0;
    const rows = [...due, ...(await this.earlierRefusals(due, context))];
    await work({
      rows,
      alive: async () => void (context && (await this.database.all('select 1 as one', [], context))),
      settle: async (done, refusals, unreachable) => {
        await this.refuse(refusals, context);
        const givenUp = await this.setAside(unreachable, context);
        for (let at = 0; at < done.length; at += ROWS_PER_STATEMENT) {
          const ids = done.slice(at, at + ROWS_PER_STATEMENT).map(({ id }) => id);
          await this.database.run(`delete from ${this.table} where id in (${marks(ids)})`, ids, context);
        }
        return givenUp;
      },
    });
    return due.length;
  }

  private async due(aliases: readonly string[], limit: number, context: TransactionContext): Promise<OutboxRow[]> {
    const now = this.options.now();
    const sql = `select ${this.rows.columns} from ${this.table} where parked_at is null and index_alias in (${marks(aliases)})
      and (available_at <= ? or available_at > ?) order by id limit ${limit}${this.lock(context)}`;
    const found = await this.database.all(sql, [...aliases, now, now + this.options.maxRetryMs], context);
    const unreadable = found.filter((row) => !isReadable(row)).map((row) => String(row['id']));
    if (unreadable.length > 0)
      await this.database.run(
        `update ${this.table} set attempts = attempts + 1, parked_at = ?, reason = ? where id in (${marks(unreadable)})`,
        [now, 'its row_key is not what this release writes', ...unreadable],
        context,
      );
    return found.filter(isReadable).map(rowOf);
  }

  /** A new change of a refused document stands for the refusal too. */
  private async earlierRefusals(due: readonly OutboxRow[], context: TransactionContext): Promise<OutboxRow[]> {
    const fresh = due.filter(({ path, attempts }) => path.length === 0 && attempts === 0);
    if (fresh.length === 0) return [];
    const [aliases, keys] = [
      [...new Set(fresh.map(({ alias }) => alias))],
      [...new Set(fresh.map(({ key }) => columnText(encodeKey(key))))],
    ];
    const sql = `select ${this.rows.columns} from ${this.table} where attempts > 0 and path = '' and index_alias in (${marks(aliases)}) and row_key in (${marks(keys)})${this.lock(context)}`;
    const documents = new Set(fresh.map(documentOf));
    const claimed = new Set(due.map(({ id }) => id));
    return (await this.database.all(sql, [...aliases, ...keys], context))
      .filter(isReadable)
      .map(rowOf)
      .filter((row) => documents.has(documentOf(row)) && !claimed.has(row.id));
  }

  private async refuse(refusals: readonly Refusal[], context: TransactionContext): Promise<void> {
    const now = this.options.now();
    for (const { path = [], attempts, reason, traceparent, ...row } of refusals) {
      const parkedAt = attempts >= this.options.maxAttempts ? now : null;
      const availableAt = now + this.options.retryAfterMs(attempts);
      const refused = { parkedAt, reason };
      const { sql, values } = this.rows.insertOf([
        { ...row, path, attempts, availableAt, refused, traceparent: traceparent ?? null },
      ]);
      await this.database.run(sql, values, context);
    }
  }

  /** They no longer count as untried, so nobody waits for them. @returns those that have waited too long */
  private async setAside(
    unreachable: readonly UnreachableRow[],
    context: TransactionContext,
  ): Promise<readonly UnreachableRow[]> {
    const now = this.options.now();
    const isOver = ({ row }: UnreachableRow): boolean => now - row.createdAt >= this.options.unknownPathWaitMs;
    for (const one of unreachable) {
      const [parkedAt, next] = isOver(one) ? [now, now] : [null, now + UNREACHABLE_RETRY_MS];
      await this.database.run(
        `update ${this.table} set attempts = ?, available_at = ?, parked_at = ?, reason = ? where id = ?`,
        [one.row.attempts + 1, next, parkedAt, one.reason, one.row.id],
        context,
      );
    }
    return unreachable.filter(isOver);
  }

  private lock(context: TransactionContext): string {
    return context ? ' for update skip locked' : '';
  }
}

function documentOf({ alias, key }: OutboxRow): string {
  return `${alias}|${encodeKey(key)}`;
}
