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

/**
 * Sends `sql`, with its values in it, in one message with the COMMIT that the transaction ends with: it costs no round
 * trip of its own, and when it fails, PostgreSQL does not come to the COMMIT and the ORM rolls back. A rollback drops it.
 * Queries that come before the COMMIT pass.
 *
 * @returns whether it was sent, to be asked after the COMMIT
 */
export async function sendWithCommit(transaction: KyselyTransaction, sql: string): Promise<() => boolean> {
  let sent = false;
  await transaction.getExecutor().provideConnection((connection) => {
    const own = Object.getOwnPropertyDescriptor(connection, 'executeQuery');
    const restore = (): void => {
      Reflect.deleteProperty(connection, 'executeQuery');
      if (own) Object.defineProperty(connection, 'executeQuery', own);
    };
    const execute = connection.executeQuery.bind(connection);
    connection.executeQuery = (query) => {
      const ends = query.sql === 'commit' || query.sql === 'rollback';
      if (ends) restore();
      if (query.sql !== 'commit') return execute(query);
      sent = true;
      return execute({ ...query, sql: `${sql}; commit` });
    };
    return Promise.resolve();
  });
  return () => sent;
}
