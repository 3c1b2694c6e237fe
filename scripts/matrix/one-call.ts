import 'reflect-metadata';
import { EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import { startHerd, staticNodes, type Herd } from '@rookery/herd';
import { memcached, type MemcachedCommands } from '@rookery/herd/memcached';
import { startMemcachedNode } from '@rookery/herd/testing';
import { Limiter, memoryStorage, type Decision } from '@rookery/limiter';
import { Indexed, SearchField, SearchService, type SearchRepository } from '@rookery/search';
import { memoryEngine } from '@rookery/search/testing';

@Indexed({ name: 'books' })
export class Book {
  id!: number;

  @SearchField({ type: 'keyword' })
  title!: string;
}
const schema = new EntitySchema<Book>({
  class: Book,
  properties: { id: { type: 'integer', primary: true }, title: { type: 'text' } },
});

/** An option of MikroORM 6; release 7 connects when it is used. */
const lazily: object = { connect: false };

async function main(): Promise<void> {
  const limiter = new Limiter({ storage: memoryStorage(), policies: { api: { limit: 1, per: '1h' } } });
  const decision: Decision = await limiter.consume('api', 'k');
  const refused = await limiter.consume('api', 'k');

  const node = await startMemcachedNode();
  const herd: Herd<MemcachedCommands> = await startHerd({
    discovery: staticNodes([`${node.host}:${node.port}`]),
    driver: memcached(),
  });
  await herd.set('k', { a: 1 }, { ttl: '1m' });
  const value = await herd.get<{ a: number }>('k');
  await herd.close();
  await node.close();

  const orm = await MikroORM.init({ dbName: 'none', entities: [schema], ...lazily });
  const search = new SearchService(orm, { engine: memoryEngine(), sync: 'manual' });
  await search.start();
  const books: SearchRepository<Book> = search.repository(Book);
  await books.bulk([{ action: 'index', id: 1, document: { title: 'Walden' } }]);
  await books.refresh();
  const page = await books
    .query()
    .filter((q) => q.term('title', 'Walden'))
    .search();
  await search.close();
  await orm.close(true);
  console.log(JSON.stringify([decision.allowed, refused.allowed, value?.a, page.total]));
}
void main();
