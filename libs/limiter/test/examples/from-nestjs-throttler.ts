import { Controller, Get, Module, Post } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { LimiterModule, memoryStorage, RateLimit, RateLimitGuard, SkipRateLimit } from '@rookery/limiter';

@Controller('cats')
export class CatsController {
  @Get() list() {
    return [];
  }

  // @Throttle({ default: { limit: 3, ttl: 60000 } })
  @RateLimit({ name: 'login', limit: 3, per: '1m' })
  @Post('login')
  login() {
    return { ok: true };
  }

  // @SkipThrottle()
  @SkipRateLimit()
  @Get('health')
  health() {
    return 'ok';
  }
}

@Module({
  imports: [
    // ThrottlerModule.forRoot([{ ttl: 60000, limit: 10 }])
    LimiterModule.forRoot({
      storage: memoryStorage(),
      policies: { default: { limit: 10, per: '1m' } },
      defaultPolicies: ['default'],
    }),
  ],
  controllers: [CatsController],
  // { provide: APP_GUARD, useClass: ThrottlerGuard }
  providers: [{ provide: APP_GUARD, useExisting: RateLimitGuard }],
})
export class CatsModule {}
