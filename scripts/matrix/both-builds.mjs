// Runs in a fresh application: both builds of each library in one process. Arguments: entry points to load.
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { MikroORM } from '@mikro-orm/core';
import { EntitySchema, MikroORM as Postgres } from '@mikro-orm/postgresql';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const require = createRequire(import.meta.url);
const names = (entry) => Object.keys(entry).filter((name) => name !== 'default' && name !== 'module.exports');
const absent = [];

for (const specifier of process.argv.slice(2)) {
  const imported = await import(specifier).catch((error) => {
    // An entry point for an optional peer that this application does not have.
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || /'@rookery\//.test(error.message.split(' imported from ')[0]))
      throw error;
    absent.push(specifier);
  });
  if (imported === undefined) continue;
  const required = names(require(specifier)).sort();
  assert.deepEqual(names(imported).sort(), required, `${specifier} exports the same names in both builds`);
}
if (absent.length > 0) console.log(`not loaded, as their peers are not installed here: ${absent.join(', ')}`);

async function buildBy(load) {
  const [herd, memcached, testing] = await Promise.all(
    ['', '/memcached', '/testing'].map((at) => load(`@rookery/herd${at}`)),
  );
  const [search, opensearch] = await Promise.all(['', '/opensearch'].map((at) => load(`@rookery/search${at}`)));
  return { herd, memcached, testing, search, opensearch, limiter: await load('@rookery/limiter') };
}
const esm = await buildBy((specifier) => import(specifier));
const cjs = await buildBy(require);
assert.notEqual(esm.limiter.Limiter, cjs.limiter.Limiter, 'there are two builds');

await crossed(esm, cjs);
await crossed(cjs, esm);
console.log('decorators, tokens and errors of one build work with the modules of the other');

/** The modules come from one build; decorators, drivers, engines and storages that the application passes in from the other. */
async function crossed(modules, passed) {
  const node = await modules.testing.startMemcachedNode();
  class Book {}
  const books = new EntitySchema({
    class: Book,
    properties: { id: { type: 'integer', primary: true }, title: { type: 'text' } },
  });
  passed.search.SearchField({ analyzer: 'english' })(Book.prototype, 'title');
  passed.search.Indexed({ name: 'books' })(Book);
  const orm = await Postgres.init({ dbName: 'none', entities: [books], connect: false });

  const received = [];
  class Reader {
    constructor(...parts) {
      received.push(...parts);
    }
  }
  const tokens = [
    passed.herd.InjectHerd('cache'),
    passed.limiter.InjectLimiter(),
    passed.limiter.InjectLimiter('partner'),
    passed.search.InjectSearch(),
    passed.search.InjectSearchRepository(Book),
  ];
  tokens.forEach((inject, index) => inject(Reader, undefined, index));
  Reflect.defineMetadata(
    'design:paramtypes',
    tokens.map(() => Object),
    Reader,
  );
  Injectable()(Reader);

  const discovery = passed.herd.staticNodes([`${node.host}:${node.port}`]);
  const limits = () => ({ storage: passed.limiter.memoryStorage(), policies: { api: { limit: 1, per: '1h' } } });
  // Nothing listens there: the engine's error of one build is what the search of the other makes of it.
  const engine = passed.opensearch.openSearch({ node: 'http://127.0.0.1:9' });
  class App {}
  Module({
    imports: [
      {
        module: class Database {},
        global: true,
        providers: [{ provide: MikroORM, useValue: orm }],
        exports: [MikroORM],
      },
      modules.herd.HerdModule.forRoot({ name: 'cache', discovery, driver: passed.memcached.memcached() }),
      modules.limiter.LimiterModule.forRoot(limits()),
      modules.limiter.LimiterModule.forRoot({ name: 'partner', ...limits() }),
      modules.search.SearchModule.forRoot({ engine, sync: 'manual', whenEngineIsDown: 'start' }),
      modules.search.SearchModule.forFeature([Book]),
    ],
    providers: [Reader],
  })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: ['fatal'], abortOnError: false });
  const [herd, limiter, partner, search, repository] = received;

  assert.deepEqual(
    await Promise.all([limiter, limiter, partner].map(async (by) => (await by.consume('api', 'k')).allowed)),
    [true, false, true],
  );
  assert.equal(search.repository(Book), repository);
  await assert.rejects(repository.query().search(), { code: 'SEARCH_ENGINE_UNAVAILABLE' });

  await herd.set('k', 1, { ttl: '1m' });
  assert.equal(await herd.get('k'), 1);
  await node.close();
  assert.equal(await herd.get('k'), undefined, 'what the driver of the other build throws is a miss');

  await app.close();
  await orm.close(true);
}
