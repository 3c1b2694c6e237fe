import type { EntityMetadata } from '@mikro-orm/core';
import { SearchTableMissingError } from '../errors/sync.errors.js';
import type { Orm } from '../rows/entity-reader.js';
import { isKyselyTransaction, sendWithCommit, type KyselyTransaction } from './last-statement.js';

/** The ORM's own handle of an open transaction. */
export type TransactionContext = unknown;
export type Row = Readonly<Record<string, unknown>>;
export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}
export type Dialect = 'postgres' | 'mysql' | 'sqlite';

interface SqlConnection {
  begin(): Promise<TransactionContext>;
  commit(context: TransactionContext): Promise<void>;
  rollback(context: TransactionContext): Promise<void>;
  /** The ORM's log of queries, and what it shows of one; not part of its public types. */
  logQuery?(sql: string, context: object): void;
  getSql?(sql: string, withValues: string): string;
  execute(
    sql: string,
    params: readonly unknown[],
    method: 'all' | 'run',
    context?: TransactionContext,
  ): Promise<unknown>;
  transactional<T>(work: (context: TransactionContext) => Promise<T>): Promise<T>;
  /** Kysely in ORM 7. */
  getClient?(): { connection?(): { execute<T>(work: (session: TransactionContext) => Promise<T>): Promise<T> } };
}

/** SQL statements on the library's own tables, over the ORM's connections. */
export class Database {
  readonly dialect: Dialect;
  private lastWithCommit = false;

  /** @throws SearchTableMissingError when the ORM is not an SQL one. */
  constructor(private readonly orm: Orm) {
    this.dialect = dialectOf(orm.em.getPlatform());
  }

  /** The quoted name of a table. @throws SearchTableMissingError when the ORM does not have its entity. */
  table(entity: new () => object): string {
    const meta = ([...this.orm.getMetadata()] as unknown as EntityMetadata[]).find(
      (known) => (known.class as unknown) === entity,
    );
    if (!meta) throw new SearchTableMissingError(entity.name);
    const schema = meta.schema ?? this.orm.config.get('schema');
    const platform = this.orm.em.getPlatform();
    const names = schema && schema !== '*' ? [schema, meta.tableName] : [meta.tableName];
    return names.map((name) => platform.quoteIdentifier(name)).join('.');
  }

  async all(sql: string, params: readonly unknown[] = [], context?: TransactionContext): Promise<Row[]> {
    return (await this.connection().execute(sql, params, 'all', context)) as Row[];
  }

  /** @returns the number of rows changed, and MySQL's last insert id. */
  async run(
    sql: string,
    params: readonly unknown[] = [],
    context?: TransactionContext,
  ): Promise<{ affectedRows: number; insertId: number }> {
    return (await this.connection().execute(sql, params, 'run', context)) as { affectedRows: number; insertId: number };
  }

  /**
   * Whether a statement can go in one message with the COMMIT of this transaction: on PostgreSQL with ORM 7, once
   * {@link tryLastStatement} has tried it.
   */
  takesLastStatement(context: TransactionContext): context is KyselyTransaction {
    return this.lastWithCommit && isKyselyTransaction(context);
  }

  /**
   * Sends a statement along with the COMMIT. @returns whether it was sent, to be called after the COMMIT
   *
   * @param sql with the values in it
   * @param shown the same for the ORM's log, which shows values only where it is set to
   */
  runLast(sql: string, context: KyselyTransaction, shown: () => Statement): Promise<() => boolean> {
    if (this.orm.config.getLogger().isEnabled('query')) {
      const { sql: query, values } = shown();
      const connection = this.connection();
      connection.logQuery?.(connection.getSql?.(query, sql) ?? query, { sql: query, params: values });
    }
    return sendWithCommit(context, sql);
  }

  /** A value as SQL text. */
  quote(value: string): string {
    return this.orm.em.getPlatform().quoteValue(value);
  }

  /**
   * Finds out by a transaction of its own whether this ORM and driver send a statement along with a COMMIT. A server
   * that cannot answer, as its connection is cut, gets statements of their own.
   */
  async tryLastStatement(): Promise<void> {
    if (this.dialect !== 'postgres') return;
    const connection = this.connection();
    const context = await connection.begin().catch(() => undefined);
    if (context === undefined) return;
    try {
      if (!isKyselyTransaction(context)) return await connection.commit(context);
      const sent = await sendWithCommit(context, 'select 1');
      await connection.commit(context);
      this.lastWithCommit = sent();
    } catch {
      await connection.rollback(context).catch(() => undefined);
    }
  }

  /** Commits when `work` resolves, rolls back when it rejects. Calls no subscriber. */
  transactional<T>(work: (context: TransactionContext) => Promise<T>): Promise<T> {
    const connection = this.connection();
    const client = connection.getClient?.();
    if (!client?.connection) return connection.transactional(work);
    // ORM 7's own `transactional` never gives a connection back to the pool when neither COMMIT nor ROLLBACK reach the
    // server: a relay would lose one with each cut, and stand still when none is left.
    return client.connection().execute(async (session) => {
      await connection.execute('begin', [], 'run', session);
      try {
        const result = await work(session);
        await connection.execute('commit', [], 'run', session);
        return result;
      } catch (error) {
        await connection.execute('rollback', [], 'run', session).catch(() => undefined);
        throw error;
      }
    });
  }

  private connection(): SqlConnection {
    return this.orm.em.getDriver().getConnection('write') as unknown as SqlConnection;
  }
}

function dialectOf(platform: object): Dialect {
  for (
    let type = Object.getPrototypeOf(platform) as object | null;
    type;
    type = Object.getPrototypeOf(type) as object | null
  ) {
    const { name } = (type as { constructor: { name: string } }).constructor;
    if (/postgre/i.test(name)) return 'postgres';
    if (/mysql|mariadb/i.test(name)) return 'mysql';
    if (/sqlite|libsql/i.test(name)) return 'sqlite';
  }
  throw new SearchTableMissingError('an SQL database');
}

/** `?, ?, ?` */
export function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
