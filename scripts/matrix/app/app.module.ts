import { MikroOrmModule } from '@mikro-orm/nestjs';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { HerdModule, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { redis } from '@rookery/herd/redis';
import { LimiterModule, RateLimitGuard } from '@rookery/limiter';
import { redisStorage } from '@rookery/limiter/redis';
import { searchEntities, SearchModule } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { Redis } from 'ioredis';
import { Book } from './book.entity.js';
import { LibraryController } from './library.controller.js';
import { LibraryService } from './library.service.js';

const { DB_NAME, POSTGRES_URL, OPENSEARCH_URL, MEMCACHED_SERVERS, REDIS_URL } = process.env as Record<string, string>;
const { host } = new URL(REDIS_URL!);
export const limits = new Redis(REDIS_URL!);

@Module({
  imports: [
    MikroOrmModule.forRoot({
      driver: PostgreSqlDriver,
      clientUrl: POSTGRES_URL!,
      dbName: DB_NAME!,
      entities: [Book, ...searchEntities],
    }),
    SearchModule.forRoot({ engine: openSearch({ node: OPENSEARCH_URL! }), prefix: DB_NAME!, sync: 'outbox' }),
    SearchModule.forFeature([Book]),
    HerdModule.forRoot({ name: 'cache', discovery: staticNodes(MEMCACHED_SERVERS!.split(',')), driver: memcached() }),
    HerdModule.forRoot({ name: 'sessions', discovery: staticNodes([host]), driver: redis() }),
    LimiterModule.forRoot({
      storage: redisStorage(limits),
      prefix: DB_NAME!,
      policies: { request: { limit: 3, per: '1h' }, find: { limit: 100, per: '1m' } },
    }),
  ],
  controllers: [LibraryController],
  providers: [LibraryService, { provide: APP_GUARD, useExisting: RateLimitGuard }],
})
export class AppModule {}
