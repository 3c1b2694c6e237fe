// Runs in a fresh application: both builds of each library in one process. Arguments: entry points to load.
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const require = createRequire(import.meta.url);
const optional = /kubernetes|keyv|terminus|cli$/; // Their peers are not installed here.
for (const specifier of process.argv.slice(2).filter((name) => !optional.test(name))) {
  const imported = await import(specifier);
  const required = require(specifier);
  const names = (entry) =>
    Object.keys(entry)
      .filter((name) => name !== 'default' && name !== 'module.exports')
      .sort();
  assert.deepEqual(names(imported), names(required), `${specifier} exports the same names in both builds`);
}

const decorate = (decorators, target) => decorators.forEach((decorator) => decorator(target));
const libraries = (load) => ({
  herd: load('@rookery/herd'),
  limiter: load('@rookery/limiter'),
  search: load('@rookery/search'),
  testing: load('@rookery/herd/testing'),
  memcached: load('@rookery/herd/memcached'),
});
const esm = {
  herd: await import('@rookery/herd'),
  limiter: await import('@rookery/limiter'),
  search: await import('@rookery/search'),
  testing: await import('@rookery/herd/testing'),
  memcached: await import('@rookery/herd/memcached'),
};
const cjs = libraries(require);
assert.notEqual(esm.limiter.Limiter, cjs.limiter.Limiter, 'there are two builds');

for (const [modules, decorators] of [
  [esm, cjs],
  [cjs, esm],
]) {
  await crossed(modules, decorators);
}
console.log('decorators, tokens and errors of one build work with the modules of the other');

/** The modules and the driver's herd come from one build, what the application writes comes from the other. */
async function crossed(modules, decorators) {
  const node = await modules.testing.startMemcachedNode();

  class Reader {}
  decorate([Injectable()], Reader);
  decorators.herd.InjectHerd('cache')(Reader, undefined, 0);
  decorators.limiter.InjectLimiter()(Reader, undefined, 1);
  decorators.limiter.InjectLimiter('partner')(Reader, undefined, 2);
  const received = [];
  const reader = class extends Reader {
    constructor(...parts) {
      super();
      received.push(...parts);
    }
  };
  Reflect.defineMetadata('design:paramtypes', [Object, Object, Object], reader);

  class App {}
  decorate(
    [
      Module({
        imports: [
          modules.herd.HerdModule.forRoot({
            name: 'cache',
            discovery: decorators.herd.staticNodes([`${node.host}:${node.port}`]),
            driver: decorators.memcached.memcached(),
          }),
          modules.limiter.LimiterModule.forRoot({
            storage: decorators.limiter.memoryStorage(),
            policies: { api: { limit: 1, per: '1h' } },
          }),
          modules.limiter.LimiterModule.forRoot({
            name: 'partner',
            storage: decorators.limiter.memoryStorage(),
            policies: { api: { limit: 1, per: '1h' } },
          }),
        ],
        providers: [reader],
      }),
    ],
    App,
  );
  const app = await NestFactory.createApplicationContext(App, { logger: ['error'] });
  const [herd, limiter, partner] = received;

  assert.equal((await limiter.consume('api', 'k')).allowed, true);
  assert.equal((await limiter.consume('api', 'k')).allowed, false);
  assert.equal((await partner.consume('api', 'k')).allowed, true);

  await herd.set('k', 1, { ttl: '1m' });
  assert.equal(await herd.get('k'), 1);
  await node.close();
  assert.equal(
    await herd.get('k'),
    undefined,
    "the driver's error of the other build is a node's failure, which is a miss",
  );

  await assert.rejects(
    async () => limiter.consume('nothing', 'k'),
    (error) => decorators.limiter.LimiterError === undefined || error.code === 'LIMITER_UNKNOWN_POLICY',
  );
  await app.close();
  void Inject;
}
