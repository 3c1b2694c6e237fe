// Runs in a project of its own with MikroORM 6.6: outbox, after-commit, savepoints, related rows, clock, verify, migrate.
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import { Indexed, SearchField, SearchService, searchEntities } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { lastValueFrom } from 'rxjs';

class Author {}
class Book {}
class BookV2 {}

const authorOf = new EntitySchema({
  class: Author,
  tableName: 'author',
  properties: {
    id: { type: 'integer', primary: true },
    name: { type: 'string' },
    note: { type: 'string', nullable: true },
  },
});
const bookOf = (entity) =>
  new EntitySchema({
    class: entity,
    tableName: 'book',
    properties: {
      id: { type: 'integer', primary: true, autoincrement: false },
      title: { type: 'text' },
      stock: { type: 'integer', default: 0 },
      author: { kind: 'm:1', entity: () => Author, nullable: true, deleteRule: 'set null' },
    },
  });
for (const entity of [Book, BookV2]) {
  SearchField(entity === BookV2 ? { analyzer: 'english' } : {})(entity.prototype, 'title');
  SearchField({})(entity.prototype, 'stock');
  SearchField({ include: ['name'] })(entity.prototype, 'author');
  Indexed({ name: 'books', settings: { number_of_shards: 1 } })(entity);
}

const name = `orm6-${randomUUID().slice(0, 8)}`;
const connect = (entity, dbName = name) =>
  MikroORM.init({
    clientUrl: process.env.POSTGRES_URL,
    dbName,
    entities: [authorOf, bookOf(entity), ...searchEntities],
    allowGlobalContext: false,
  });
const engine = openSearch({ node: process.env.OPENSEARCH_URL });
const orm = await connect(Book);
const schema = orm.schema ?? orm.getSchemaGenerator();
await schema.ensureDatabase();
await schema.createSchema();

const open = async (from, options = {}) => {
  const search = new SearchService(from, {
    engine: openSearch({ node: process.env.OPENSEARCH_URL }),
    prefix: name,
    sync: 'outbox',
    relay: { pollMs: 20 },
    ...options,
  });
  await search.start();
  return search;
};

async function follows(search) {
  const source = async (id) => (await search.repository(Book).get(id))?.source;
  let em = orm.em.fork();
  await em.nativeDelete(Book, {});
  await em.nativeDelete(Author, {});
  const ann = em.create(Author, { id: 1, name: 'Ann' });
  em.create(Author, { id: 2, name: 'Bob' });
  for (const id of [1, 2, 3]) em.create(Book, { id, title: `title ${id}`, stock: id, author: id < 3 ? ann : null });
  await em.flush();
  await search.settled();
  assert.equal((await source(1)).author.name, 'Ann');

  em = orm.em.fork();
  (await em.findOneOrFail(Author, 1)).name = 'Anna';
  await em.flush();
  await search.settled();
  assert.deepEqual([(await source(1)).author.name, (await source(2)).author.name], ['Anna', 'Anna']);

  em = orm.em.fork();
  (await em.findOneOrFail(Book, 1)).author = em.getReference(Author, 2);
  await em.remove(await em.findOneOrFail(Book, 3)).flush();
  await em.upsert(Book, { id: 4, title: 'upserted', stock: 4 });
  await search.settled();
  assert.equal((await source(1)).author.name, 'Bob');
  assert.equal(await source(3), undefined);
  assert.equal((await source(4)).title, 'upserted');

  await orm.em.fork().transactional(async (tx) => {
    (await tx.findOneOrFail(Book, 1)).title = 'around';
    await tx.flush();
    await tx.transactional(async (inner) => void ((await inner.findOneOrFail(Book, 2)).title = 'released'));
    await tx
      .transactional(async (inner) => {
        (await inner.findOneOrFail(Book, 4)).title = 'undone';
        await inner.flush();
        throw new Error('no');
      })
      .catch(() => undefined);
    await tx.nativeUpdate(Book, { id: 4 }, { stock: 44 });
    await search.sync.touch(Book, { id: 4 }, { em: tx });
  });
  await search.settled();
  assert.deepEqual(
    [(await source(1)).title, (await source(2)).title, (await source(4)).title, (await source(4)).stock],
    ['around', 'released', 'upserted', 44],
  );

  await orm.em
    .fork()
    .transactional(async (tx) => {
      (await tx.findOneOrFail(Book, 1)).title = 'lost';
      await tx.flush();
      throw new Error('no');
    })
    .catch(() => undefined);
  em = orm.em.fork();
  await em.remove(await em.findOneOrFail(Author, 2)).flush();
  await search.settled();
  assert.equal((await source(1)).title, 'around');
  assert.equal((await source(1)).author ?? null, null);
  assert.deepEqual(await search.migrations.repair(Book), { missing: 0, orphaned: 0, outdated: 0 });
}

let step = 'outbox';
try {
  const outbox = await open(orm);
  await follows(outbox);
  const rows = await orm.em.getConnection().execute('select * from search_outbox');
  assert.deepEqual(rows, []);
  step = 'migration';
  const next = await connect(BookV2);
  const search = await open(next, { createIndices: false });
  assert.equal((await search.migrations.plan(BookV2)).action, 'rebuild');
  assert.equal((await lastValueFrom(search.migrations.migrate(BookV2))).phase, 'swapped');
  await search.migrations.rollback(BookV2);
  await search.close();
  await next.close(true);
  await outbox.close();
  step = 'after-commit';
  const again = await connect(Book);
  const inMemory = new SearchService(again, {
    engine: openSearch({ node: process.env.OPENSEARCH_URL }),
    prefix: name,
    sync: 'after-commit',
  });
  await inMemory.start();
  const em = again.em.fork();
  (await em.findOneOrFail(Book, 1)).title = 'after the commit';
  await em.flush();
  await inMemory.settled();
  assert.equal((await inMemory.repository(Book).get(1)).source.title, 'after the commit');
  await inMemory.close();
  await again.close(true);
  console.log('MikroORM 6.6: outbox, savepoints, related rows, touch, repair, migrate, rollback and after-commit hold');
} catch (error) {
  console.error(`MikroORM 6.6, ${step}:`, error);
  process.exitCode = 1;
} finally {
  for (const { index } of await engine.readIndices(`${name}-*`)) await engine.deleteIndex(index);
  await engine.close();
  await orm.close(true);
  const admin = await connect(Book, 'postgres');
  await admin.em.getConnection().execute(`drop database if exists "${name}" with (force)`);
  await admin.close(true);
}
process.exit();
