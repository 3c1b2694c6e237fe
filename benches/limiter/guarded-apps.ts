import { Controller, Get, Module, UseGuards, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { LimiterModule, memoryStorage, RateLimit, RateLimitGuard, type HeaderSet } from '@rookery/limiter';
import { rateLimit } from 'express-rate-limit';
import 'reflect-metadata';

export const PATH = '/items';

@Controller('items')
class BareController {
  @Get() read() {
    return { ok: true };
  }
}

@Controller('items')
@UseGuards(RateLimitGuard)
@RateLimit('api')
class RookeryController extends BareController {}

@Controller('items')
@UseGuards(ThrottlerGuard)
class ThrottlerController extends BareController {}

/** The same route behind each limiter, `limit` requests a minute for each address, in the memory of the process. */
export const GUARDED_APPS: Readonly<Record<string, (limit: number) => Promise<INestApplication>>> = {
  'no limiter': () => start(moduleOf(BareController)),
  '@rookery/limiter': (limit) => startRookery(limit),
  '@rookery/limiter, X-RateLimit-* alone': (limit) => startRookery(limit, ['x-ratelimit']),
  '@nestjs/throttler': (limit) =>
    start(moduleOf(ThrottlerController, ThrottlerModule.forRoot([{ limit, ttl: 60_000 }]))),
  'express-rate-limit': (limit) =>
    start(moduleOf(BareController), (app) => app.use(rateLimit({ limit, windowMs: 60_000, validate: false }))),
};

function startRookery(limit: number, headers?: readonly HeaderSet[]): Promise<INestApplication> {
  return start(
    moduleOf(
      RookeryController,
      LimiterModule.forRoot({ storage: memoryStorage(), policies: { api: { limit, per: '1m' } }, headers }),
    ),
  );
}

function moduleOf(controller: Type, limiter?: ReturnType<typeof LimiterModule.forRoot>): Type {
  @Module({ imports: limiter === undefined ? [] : [limiter], controllers: [controller] })
  class BenchModule {}
  return BenchModule;
}

async function start(module: Type, configure?: (app: INestApplication) => void): Promise<INestApplication> {
  const app = await NestFactory.create(module, { logger: false, bodyParser: false });
  configure?.(app);
  return app.init();
}
