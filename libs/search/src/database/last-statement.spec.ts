import { sendWithCommit, type KyselyTransaction } from './last-statement.js';

describe('a statement that waits for the COMMIT', () => {
  let sent: string[];
  let transaction: KyselyTransaction;
  let run: (sql: string) => Promise<unknown>;

  beforeEach(() => {
    sent = [];
    const connection = { executeQuery: ({ sql }: { readonly sql: string }) => Promise.resolve(sent.push(sql)) };
    transaction = { getExecutor: () => ({ provideConnection: (work) => work(connection) }) };
    run = (sql) => connection.executeQuery({ sql });
  });

  it('goes with it, and other queries pass', async () => {
    const wasSent = await sendWithCommit(transaction, 'insert');
    await run('update');
    expect(wasSent()).toBe(false);
    await run('commit');
    await run('commit');
    expect(sent).toEqual(['update', 'insert; commit', 'commit']);
    expect(wasSent()).toBe(true);
  });

  it('goes with those of other services on the same transaction', async () => {
    const wasSent = [await sendWithCommit(transaction, 'first'), await sendWithCommit(transaction, 'second')];
    await run('commit');
    expect(sent).toEqual(['first; second; commit']);
    expect(wasSent.map((each) => each())).toEqual([true, true]);
  });

  it('is dropped by a rollback', async () => {
    const wasSent = await sendWithCommit(transaction, 'insert');
    for (const sql of ['rollback', 'begin', 'commit']) await run(sql);
    expect(sent).toEqual(['rollback', 'begin', 'commit']);
    expect(wasSent()).toBe(false);
  });
});
