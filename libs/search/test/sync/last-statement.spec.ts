import { jest } from '@jest/globals';
import { describeWith } from '@rookery/services';
import type { MikroORM } from '@mikro-orm/postgresql';
import { MikroORM as PostgresORM } from '@mikro-orm/postgresql';
import { Database } from '../../src/database/database.js';
import { OutboxSubscriber } from '../../src/capture/outbox.subscriber.js';
import { createDatabase, postgresConfig } from './database.js';
import { Author } from './entities.js';

describeWith('postgres', 'the last statement of a transaction', () => {
  let orm: MikroORM;
  let database: Database;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const created = await createDatabase('postgres');
    // One connection: what is left on it would be seen by the next transaction.
    orm = await PostgresORM.init({ ...postgresConfig(created.dbName), pool: { min: 1, max: 1 } });
    drop = async () => {
      await orm.close(true);
      await created.drop();
    };
    database = new Database(orm);
    await database.tryLastStatement();
  }, 30_000);
  afterAll(() => drop(), 30_000);
  beforeEach(() => orm.em.fork().nativeDelete(Author, {}));

  const insert = 'insert into author (id, name) values (?, ?)';
  const connection = () => orm.em.getConnection();
  const runLast = (sql: string, context: unknown) => {
    if (!database.takesLastStatement(context)) throw new Error('It cannot go with the COMMIT');
    return database.runLast(sql, context, () => ({ sql: 'insert into author …', values: [] }));
  };
  const names = async () => (await orm.em.fork().find(Author, {}, { orderBy: { id: 1 } })).map(({ name }) => name);

  it('goes with the COMMIT in one message, with its values', async () => {
    const { pid } = (await connection().execute<[{ pid: number }]>('select pg_backend_pid() as pid'))[0];
    const watching = await PostgresORM.init(postgresConfig('postgres'));
    const context = await connection().begin();
    const sent = await runLast(`insert into author (id, name) values (1, ${database.quote("Ann's")})`, context);
    expect(sent()).toBe(false);
    await connection().commit(context);
    expect(sent()).toBe(true);
    const [seen] = await watching.em
      .getConnection()
      .execute<[{ query: string }]>('select query from pg_stat_activity where pid = ?', [pid]);
    expect(seen.query).toBe("insert into author (id, name) values (1, 'Ann''s'); commit");
    await watching.close(true);
    expect(await names()).toEqual(["Ann's"]);
  });

  it('fails the COMMIT when it fails, and nothing of the transaction stays', async () => {
    const transaction = connection().transactional(async (context) => {
      await connection().execute(insert, [1, 'first'], 'run', context);
      await runLast('insert into nowhere values (1)', context);
    });
    await expect(transaction).rejects.toThrow('nowhere');
    expect(await names()).toEqual([]);
  });

  it('comes after queries that are still made, and is dropped by a rollback', async () => {
    await connection().transactional(async (context) => {
      await runLast("insert into author (id, name) values (2, 'last')", context);
      await connection().execute(insert, [1, 'first'], 'run', context);
    });
    expect(await names()).toEqual(['first', 'last']);
    await expect(
      connection().transactional(async (context) => {
        await runLast("insert into author (id, name) values (3, 'dropped')", context);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await connection().transactional((context) => connection().execute(insert, [4, 'next'], 'run', context));
    expect(await names()).toEqual(['first', 'last', 'next']);
  });

  it.each([
    [['query' as const], '?', "'Ann'"],
    [['query' as const, 'query-params' as const], "'Ann'", '?'],
  ])('is shown by the log as %j say', async (debug, shown, hidden) => {
    const lines: string[] = [];
    const logging = await PostgresORM.init({
      ...postgresConfig(orm.config.get('dbName')),
      debug,
      logger: (line) => lines.push(line),
    });
    const own = new Database(logging);
    await own.tryLastStatement();
    await logging.em.getConnection().transactional(async (context) => {
      if (!own.takesLastStatement(context)) throw new Error('It cannot go with the COMMIT');
      await own.runLast("insert into author (id, name) values (7, 'Ann')", context, () => ({
        sql: insert,
        values: [7, 'Ann'],
      }));
    });
    await logging.close(true);
    const [line] = lines.filter((one) => one.includes('insert into author'));
    expect(line).toContain(shown);
    expect(line).not.toContain(hidden);
  });

  it('is a statement of its own where the connection was cut while it was tried', async () => {
    const cut = new Database(orm);
    const begin = jest.spyOn(connection(), 'begin').mockRejectedValueOnce(new Error('terminating connection'));
    await cut.tryLastStatement();
    begin.mockRestore();
    await connection().transactional(async (context) => {
      expect(cut.takesLastStatement(context)).toBe(false);
      await cut.run(insert, [1, 'first'], context);
    });
    expect(await names()).toEqual(['first']);
  });

  it('is written late, and not lost, under a driver that ends transactions in another way', async () => {
    const written: unknown[][] = [];
    const touch = { definition: { alias: 'books' }, path: [], key: 1 } as never;
    const subscriber = new OutboxSubscriber({ before: () => Promise.resolve([]), after: () => [touch] } as never, {
      write: (touches, context) => Promise.resolve(void written.push([...touches, context])),
      writeLast: () => Promise.resolve(() => false),
      committed: () => undefined,
    });
    const uow = {} as never;
    const em = { getUnitOfWork: () => uow } as never;
    const transaction = {};
    await subscriber.onFlush({ em, uow });
    subscriber.afterTransactionStart({ em, transaction });
    await subscriber.beforeTransactionCommit({ em, transaction });
    expect(written).toEqual([]);
    await subscriber.afterTransactionCommit({ em, transaction });
    expect(written).toEqual([[touch, undefined]]);
  });
});
