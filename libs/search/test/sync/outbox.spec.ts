import { describeWith } from '@rookery/services';
import type { EntityManager } from '@mikro-orm/core';
import { Author, Book, Tag } from './entities.js';
import type { DatabaseName } from './database.js';
import { startSearch, until, type Running } from './running.js';

function losesNothing(database: DatabaseName): void {
  let running: Running;
  let em: EntityManager;
  beforeAll(async () => void (running = await startSearch(database, { relay: { maxAttempts: 2 } })), 60_000);
  afterAll(() => running.stop(), 30_000);
  beforeEach(async () => {
    em = running.orm.em.fork();
    await em.nativeDelete(Book, {});
    await em.nativeDelete(Tag, {});
    await em.nativeDelete(Author, {});
    const ann = em.create(Author, { id: 1, name: 'Ann' });
    const tag = em.create(Tag, { id: 1, label: 'sea' });
    for (const id of [1, 2, 3])
      em.create(Book, {
        id,
        title: `title ${id}`,
        stock: id,
        author: id < 3 ? ann : null,
        tags: id === 1 ? [tag] : [],
      });
    em.create(Author, { id: 2, name: 'Bob' });
    await em.flush();
    await running.search.settled();
    running.events.length = 0;
    em = running.orm.em.fork();
  });
  afterEach(() => expect(running.events).toEqual([]));

  const source = async (id: number) => (await running.search.repository(Book).get(id))?.source;
  const settled = () => running.search.settled({ refresh: false });
  const inserts = (): string[] =>
    running.statements.filter((statement) => /insert into \S*search_outbox/.test(statement));
  const rows = () =>
    em.fork().getConnection().execute('select index_alias, path, row_key from search_outbox order by id') as Promise<
      Record<string, unknown>[]
    >;

  it('brings creates, updates and deletes of implicit flushes into the index', async () => {
    em.create(Book, { id: 7, title: 'new' });
    await em.flush();
    await settled();
    expect((await source(7))?.title).toBe('new');
    const book = await em.findOneOrFail(Book, 7);
    book.title = 'changed';
    await em.flush();
    await settled();
    expect((await source(7))?.title).toBe('changed');
    await em.remove(book).flush();
    await settled();
    expect(await source(7)).toBeUndefined();
  });

  it('brings a generated key', async () => {
    await em.nativeDelete(Book, {});
    const book = em.create(Book, { title: 'generated' });
    await em.flush();
    await settled();
    expect((await source(book.id))?.title).toBe('generated');
  });

  it('rolls its rows back with the transaction, and with a savepoint alone', async () => {
    const failing = em.transactional(async (tx) => {
      (await tx.findOneOrFail(Book, 1)).title = 'lost';
      await tx.flush();
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await rows()).toEqual([]);
    await em.transactional(async (tx) => {
      (await tx.findOneOrFail(Book, 1)).title = 'kept';
      await tx.flush();
      await tx
        .transactional(async (inner) => {
          (await inner.findOneOrFail(Book, 2)).title = 'lost';
          await inner.flush();
          throw new Error('no');
        })
        .catch(() => undefined);
    });
    await settled();
    expect([(await source(1))?.title, (await source(2))?.title]).toEqual(['kept', 'title 2']);
  });

  it('stands one row for a related change of any fan-out, and expands it', async () => {
    running.statements.length = 0;
    (await em.findOneOrFail(Author, 1)).name = 'Anna';
    await em.flush();
    expect(inserts()).toEqual([expect.stringContaining(`values ('${running.prefix}-books', 'author', '1',`)]);
    await settled();
    expect([(await source(1))?.author?.name, (await source(2))?.author?.name]).toEqual(['Anna', 'Anna']);
  });

  it('writes nothing for a column that no document holds', async () => {
    running.statements.length = 0;
    (await em.findOneOrFail(Author, 1)).note = 'private';
    await em.flush();
    expect(inserts()).toEqual([]);
  });

  it('finds the documents of a deleted related row before it is gone', async () => {
    await em.remove(await em.findOneOrFail(Author, 1)).flush();
    await settled();
    expect((await source(1))?.author ?? null).toBeNull();
    expect((await source(2))?.author ?? null).toBeNull();
  });

  it('follows many-to-many collections and moved foreign keys', async () => {
    const book = await em.findOneOrFail(Book, 1, { populate: ['tags'] });
    book.tags.removeAll();
    book.author = em.getReference(Author, 2);
    await em.flush();
    await settled();
    expect(await source(1)).toMatchObject({ tags: [], author: { name: 'Bob' } });
  });

  it('follows upserts', async () => {
    await em.upsert(Book, { id: 3, title: 'upserted', stock: 9 });
    await settled();
    expect(await source(3)).toMatchObject({ title: 'upserted', stock: 9 });
  });

  it('follows by touch what the ORM does not report, in the same transaction', async () => {
    await em.transactional(async (tx) => {
      await tx.nativeUpdate(Book, { author: 1 }, { stock: 99 });
      await running.search.sync.touch(Book, { author: 1 }, { em: tx });
    });
    await em.transactional(async (tx) => {
      await running.search.sync.touch(Author, [2, 1], { em: tx, deleting: true });
      await tx.nativeDelete(Author, { id: 1 });
    });
    await settled();
    expect(await source(2)).toMatchObject({ stock: 99 });
    expect((await source(2))?.author ?? null).toBeNull();
    await expect(running.search.sync.touch(Book, 1)).resolves.toBeUndefined();
    await settled();
  });

  it('adds one INSERT to a transaction of many flushes, of a savepoint and of a touch, with each row once', async () => {
    const books = await em.find(Book, {});
    running.statements.length = 0;
    await em.transactional(async (tx) => {
      for (const book of books) {
        tx.merge(book).stock += 1;
        await tx.flush();
        tx.merge(book).stock += 1;
        await tx.flush();
      }
      await tx.transactional(async (inner) => {
        (await inner.findOneOrFail(Author, 2)).name = 'Bert';
      });
      await running.search.sync.touch(Book, 1, { em: tx });
      expect(inserts()).toEqual([]);
    });
    expect(inserts()).toHaveLength(1);
    expect(inserts()[0]!.match(/'\d',/g)).toHaveLength(4);
    await settled();
    expect(await source(1)).toMatchObject({ stock: 3 });
  });

  it('writes very many changes of one transaction down before its end', async () => {
    running.statements.length = 0;
    await em.transactional(async (tx) => {
      for (let id = 1_000; id < 2_100; id += 1) tx.create(Book, { id, title: 'one of many' });
      await tx.flush();
      expect(inserts()).toHaveLength(2);
    });
    expect(inserts()).toHaveLength(2);
    await settled();
    expect((await source(2_099))?.title).toBe('one of many');
  });

  it('writes at once in a transaction whose end the ORM does not report', async () => {
    const connection = em.getConnection() as unknown as {
      transactional(work: (context: never) => Promise<void>): Promise<void>;
    };
    const written: number[] = [];
    await connection.transactional(async (context) => {
      const fork = em.fork();
      fork.setTransactionContext(context);
      (await fork.findOneOrFail(Book, 1)).title = 'by a raw transaction';
      running.statements.length = 0;
      await fork.flush();
      written.push(inserts().length);
      await fork.transactional(async (inner) => {
        (await inner.findOneOrFail(Book, 2)).title = 'by its savepoint';
      });
      written.push(inserts().length);
    });
    expect(written).toEqual([1, 2]);
    await settled();
    expect([(await source(1))?.title, (await source(2))?.title]).toEqual(['by a raw transaction', 'by its savepoint']);
  });

  it('loses nothing that a later subscriber flushes just before the COMMIT', async () => {
    const late = {
      async beforeTransactionCommit({ em: tx, transaction }: { em: EntityManager; transaction?: object }) {
        if (!armed) return;
        armed = false;
        const fork = tx.fork();
        fork.setTransactionContext(transaction);
        (await fork.findOneOrFail(Book, 3)).title = 'at the last moment';
        await fork.flush();
      },
    };
    let armed = false;
    em.getEventManager().registerSubscriber(late);
    armed = true;
    await em.transactional(async (tx) => {
      (await tx.findOneOrFail(Book, 1)).title = 'in time';
    });
    await settled();
    expect([(await source(1))?.title, (await source(3))?.title]).toEqual(['in time', 'at the last moment']);
  });

  it('holds a refused document back without holding up the others, and a new change revives it', async () => {
    (await em.findOneOrFail(Book, 1)).published = 'in spring';
    (await em.findOneOrFail(Book, 2)).title = 'passes';
    await em.flush();
    await settled();
    expect(running.events.splice(0)).toMatchObject([
      {
        type: 'documents-refused',
        failures: [{ id: '1', reason: expect.stringContaining('mapper_parsing') as string }],
      },
    ]);
    expect(await source(2)).toMatchObject({ title: 'passes' });
    expect(await rows()).toMatchObject([{ row_key: '1' }]);

    (await em.findOneOrFail(Book, 1)).published = '1850-12-02';
    await em.flush();
    await settled();
    expect(await source(1)).toMatchObject({ published: '1850-12-02' });
    expect(await rows()).toEqual([]);
  });

  it('parks a document after its last attempt, and gives it another by redrive', async () => {
    (await em.findOneOrFail(Book, 1)).published = 'in spring';
    await em.flush();
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await until(() => running.events.length === attempt);
      await em.getConnection().execute('update search_outbox set available_at = 0');
    }
    await until(async () => (await running.search.backlog()).deadLetters === 1);
    expect(await running.search.backlog()).toMatchObject({ pending: 0, deadLetters: 1 });
    expect(await running.search.deadLetters()).toMatchObject([
      {
        alias: `${running.prefix}-books`,
        key: 1,
        attempts: 2,
        reason: expect.stringContaining('mapper_parsing') as string,
      },
    ]);

    await em.nativeUpdate(Book, { id: 1 }, { published: '1850-12-02' });
    expect(await running.search.redrive()).toBe(1);
    await settled();
    expect(await source(1)).toMatchObject({ published: '1850-12-02' });
    running.events.length = 0;
  });
}

describeWith('postgres', 'outbox in PostgreSQL', () =>
  describeWith('opensearch', 'with OpenSearch', () => losesNothing('postgres')),
);
describeWith('mariadb', 'outbox in MariaDB', () =>
  describeWith('opensearch', 'with OpenSearch', () => losesNothing('mariadb')),
);
describeWith('opensearch', 'outbox in SQLite', () => losesNothing('sqlite'));
