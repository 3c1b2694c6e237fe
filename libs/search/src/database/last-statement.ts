/** A connection of Kysely, which ORM 7 works with, as far as it matters here. */
interface Connection {
  executeQuery: (query: { readonly sql: string }) => Promise<unknown>;
}

/** ORM 7's handle of an open transaction. */
export interface KyselyTransaction {
  getExecutor(): { provideConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T> };
}

export function isKyselyTransaction(transaction: unknown): transaction is KyselyTransaction {
  return typeof (transaction as Partial<KyselyTransaction> | undefined)?.getExecutor === 'function';
}

/** With these a transaction has ended, or the one before it has. A rollback to a savepoint is no end. */
const ENDS = /^(commit$|rollback$|begin|start transaction)/;

/** What waits for the COMMIT of the transaction that a connection is in; each search service of the ORM adds its own. */
class LastStatement {
  private waiting: { readonly sql: string; sent: boolean }[] = [];

  constructor(connection: Connection) {
    const execute = connection.executeQuery;
    // Once per connection, and for good: taking a property away again would make all its queries slower.
    connection.executeQuery = (query) =>
      execute.call(connection, this.waiting.length > 0 ? this.withLast(query) : query);
  }

  wait(sql: string): () => boolean {
    const statement = { sql, sent: false };
    this.waiting.push(statement);
    return () => statement.sent;
  }

  private withLast<Query extends { readonly sql: string }>(query: Query): Query {
    if (!ENDS.test(query.sql)) return query;
    const statements = this.waiting;
    this.waiting = [];
    if (query.sql !== 'commit') return query;
    for (const statement of statements) statement.sent = true;
    return { ...query, sql: [...statements.map(({ sql }) => sql), 'commit'].join('; ') };
  }
}

const lastStatements = new WeakMap<Connection, LastStatement>();

/**
 * Sends `sql`, with its values in it, in one message with the COMMIT that the transaction ends with: it costs no round
 * trip of its own, and when it fails, PostgreSQL does not come to the COMMIT and the ORM rolls back. A rollback drops it.
 * Queries that come before the COMMIT pass.
 *
 * @returns whether it was sent, to be called after the COMMIT
 */
export function sendWithCommit(transaction: KyselyTransaction, sql: string): Promise<() => boolean> {
  return transaction.getExecutor().provideConnection((connection) => {
    let last = lastStatements.get(connection);
    if (!last) lastStatements.set(connection, (last = new LastStatement(connection)));
    return Promise.resolve(last.wait(sql));
  });
}
