import { Controller, Get, Inject, Injectable, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  InjectLimiter,
  Limiter,
  LimiterModule,
  getLimiterToken,
  memoryStorage,
  namedRateLimitGuard,
  RateLimit,
  RateLimitGuard,
  SkipRateLimit,
} from '@rookery/limiter';
import { startHttpApp, type HttpApp } from './http-app.js';

@Controller('items')
@UseGuards(RateLimitGuard, namedRateLimitGuard('partner'))
@RateLimit('api')
class ItemsController {
  @RateLimit('api', { limiter: 'partner' }) @Get() both() {
    return { ok: true };
  }
  @Get('own') own() {
    return { ok: true };
  }
  @SkipRateLimit() @RateLimit({ name: 'inline', limiter: 'partner', limit: 1, per: '1h' }) @Get('inline') inline() {
    return { ok: true };
  }
}

@Injectable()
class Service {
  constructor(
    @Inject(Limiter) readonly own: Limiter,
    @InjectLimiter('partner') readonly partner: Limiter,
  ) {}
}

const own = () =>
  LimiterModule.forRoot({
    storage: memoryStorage({ clock: () => 0 }),
    policies: { api: { limit: 3, per: '1m' } },
    bucket: () => 'all',
  });
const partner = (name = 'partner') =>
  LimiterModule.forRootAsync({
    name,
    useFactory: () => ({
      storage: memoryStorage({ clock: () => 0 }),
      policies: { api: { limit: 2, per: '1d' } },
      bucket: () => 'all',
    }),
  });

describe('limiters by name', () => {
  let app: HttpApp | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });
  const start = async (providers: object[] = []) =>
    (app = await startHttpApp('express', {
      imports: [own(), partner()],
      controllers: [ItemsController],
      providers: [Service, ...providers] as never,
    }));

  it('decide by policies of their own, each in its own storage', async () => {
    const running = await start();
    expect(await running.statuses('/items', 3)).toEqual([200, 200, 429]);
    // The own limiter was charged first, before the other's refusal.
    expect((await running.nest.get(Service).own.peek('api', 'all')).remaining).toBe(0);
    expect((await running.nest.get(Service).partner.peek('api', 'all')).remaining).toBe(0);
    expect(running.nest.get<Limiter>(getLimiterToken('partner'))).toBe(running.nest.get(Service).partner);
    expect(running.nest.get<Limiter>(getLimiterToken())).toBe(running.nest.get(Service).own);
    expect(await running.statuses('/items/own', 1)).toEqual([429]);
    expect(await running.statuses('/items/inline', 2)).toEqual([200, 429]);
  });

  it('count a call once for a global and a controller guard', async () => {
    const running = await start([
      { provide: APP_GUARD, useExisting: RateLimitGuard },
      { provide: APP_GUARD, useClass: namedRateLimitGuard('partner') },
    ]);
    expect(await running.statuses('/items', 1)).toEqual([200]);
    expect((await running.nest.get(Service).own.peek('api', 'all')).remaining).toBe(2);
    expect((await running.nest.get(Service).partner.peek('api', 'all')).remaining).toBe(1);
  });

  const init = async (...imports: ReturnType<typeof own>[]): Promise<void> => {
    const nest = (
      await Test.createTestingModule({ imports, controllers: [ItemsController], providers: [Service] }).compile()
    ).createNestApplication();
    nest.useLogger(false);
    try {
      await nest.init();
    } finally {
      await nest.close();
    }
  };

  it('need a name each', async () => {
    await expect(init(own(), own(), partner())).rejects.toThrow(
      "LimiterModule name must be set once: give each LimiterModule a name of its own (got 'default')",
    );
    await expect(init(own(), partner(), partner())).rejects.toThrow("(got 'partner')");
  });

  it('that a decorator names must be there', async () => {
    @Controller('lost')
    class LostController {
      @RateLimit('api', { limiter: 'partnr' }) @Get() read() {
        return { ok: true };
      }
    }
    const nest = Test.createTestingModule({ imports: [own(), partner()], controllers: [LostController] })
      .compile()
      .then((module) => module.init());
    await expect(nest).rejects.toThrow(
      "@RateLimit('api') of LostController.read: limiter must be the name of a LimiterModule (default, partner): did you mean 'partner'? (got 'partnr')",
    );
  });
});
