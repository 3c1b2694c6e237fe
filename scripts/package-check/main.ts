// A small application on the packed libraries: it starts, answers, caches and limits.
import 'reflect-metadata';
import { strict as assert } from 'node:assert';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { HerdModule, InjectHerd, staticNodes, type Herd } from '@rookery/herd';
import { memcached, type MemcachedCommands } from '@rookery/herd/memcached';
import { startMemcachedNode } from '@rookery/herd/testing';
import { LimiterModule, memoryStorage, RateLimit, RateLimitGuard } from '@rookery/limiter';
import { Indexed, SearchField, SearchModule } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';

const node = await startMemcachedNode();

@Indexed({ name: 'passages' })
class Passage {
  @SearchField({ analyzer: 'english' }) text!: string;
}

@Controller('visits')
@RateLimit('api')
class VisitsController {
  constructor(@InjectHerd('cache') private readonly cache: Herd<MemcachedCommands>) {}

  @Get()
  async count(): Promise<{ visits: number }> {
    const visits = ((await this.cache.get<number>('visits')) ?? 0) + 1;
    await this.cache.set('visits', visits, { ttl: '1m' });
    return { visits };
  }
}

@Module({
  imports: [
    HerdModule.forRoot({ name: 'cache', discovery: staticNodes([`${node.host}:${node.port}`]), driver: memcached() }),
    LimiterModule.forRoot({ storage: memoryStorage(), policies: { api: { limit: 2, per: '1m' } } }),
  ],
  controllers: [VisitsController],
  providers: [{ provide: APP_GUARD, useExisting: RateLimitGuard }],
})
class AppModule {}

// Needs a database and OpenSearch to start; here its module and its decorators load.
assert.ok(SearchModule.forRoot({ engine: openSearch({ node: 'http://127.0.0.1:9200' }) }).providers);
assert.ok(SearchModule.forFeature([Passage]).providers);

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await app.listen(0, '127.0.0.1');
const answers = [];
for (let i = 0; i < 3; i++) {
  const response = await fetch(`${await app.getUrl()}/visits`);
  answers.push([response.status, ((await response.json()) as { visits?: number }).visits]);
}
await app.close();
await node.close();
assert.deepEqual(answers, [
  [200, 1],
  [200, 2],
  [429, undefined],
]);
console.log('a fresh Nest application on the packed libraries answers, caches and limits');
