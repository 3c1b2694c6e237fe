import 'reflect-metadata';
import assert from 'node:assert/strict';
import { MikroORM } from '@mikro-orm/postgresql';
import { NestFactory } from '@nestjs/core';
import { getHerdToken, type Herd } from '@rookery/herd';
import type { RedisCommands } from '@rookery/herd/redis';
import { searchEntities, SearchService } from '@rookery/search';
import { AppModule, limits } from './app.module.js';
import { Book } from './book.entity.js';

/** The tables must be there before the application starts. */
async function createTables(): Promise<void> {
  const orm = await MikroORM.init({
    clientUrl: process.env.POSTGRES_URL!,
    dbName: process.env.DB_NAME!,
    entities: [Book, ...searchEntities],
  });
  await orm.schema.ensureDatabase();
  await orm.schema.ORM_CREATE_SCHEMA();
  await orm.close();
}

async function main(): Promise<void> {
  await createTables();
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');

  const em = app.get(MikroORM).em.fork();
  em.persist(em.create(Book, { id: 1, title: 'A week on the rivers' }));
  em.persist(em.create(Book, { id: 2, title: 'Walden, or life in the woods' }));
  await em.flush();
  await app.get(SearchService).settled();

  const answers: unknown[] = [];
  for (let i = 0; i < 4; i++) {
    const response = await fetch(`${await app.getUrl()}/books?q=wood`);
    answers.push(response.status === 200 ? await response.json() : response.status);
  }
  const titles = ['Walden, or life in the woods'];
  assert.deepEqual(answers, [{ titles, from: 'index' }, { titles, from: 'cache' }, { titles, from: 'cache' }, 429]);

  const sessions = app.get<Herd<RedisCommands>>(getHerdToken('sessions'));
  await sessions.set('reader', { name: 'Ann' }, { ttl: '1m' });
  assert.deepEqual(await sessions.get('reader'), { name: 'Ann' });
  await app.close();
  await limits.quit();
}

main().then(
  () => console.log('searched, cached, limited'), // And ends by itself: nothing may hold the process.
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
