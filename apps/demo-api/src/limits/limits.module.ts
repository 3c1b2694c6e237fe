import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { getHerdToken, type Herd } from '@rookery/herd';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { LimiterModule, type LimiterModuleOptions, RateLimitGuard } from '@rookery/limiter';
import { DEMO_CONFIG, type DemoConfig } from '../config/demo-config.js';
import { limiterStorage } from './limiter-storage.js';

const limiter = LimiterModule.forRootAsync({
  inject: [DEMO_CONFIG, getHerdToken('cache')],
  useFactory: (config: DemoConfig, herd: Herd<MemcachedCommands>): LimiterModuleOptions => ({
    storage: limiterStorage(config, herd),
    prefix: `${config.prefix}:limit`,
    timeoutMs: config.limiterTimeoutMs,
    policies: {
      ...config.limits,
      login: { ...config.limits.login, count: 'failures' },
      'searches-at-once': { concurrency: config.atOnce.searches, leaseMs: 2 * config.searchTimeoutMs },
      'exports-at-once': { concurrency: config.atOnce.exports, leaseMs: config.exportTimeoutMs },
      'all-exports-at-once': { concurrency: config.atOnce.allExports, leaseMs: config.exportTimeoutMs },
      knock: { limit: 20, per: '10s' }, // Of the machine room, for bursts that hit nothing else.
    },
    defaultPolicies: ['api'],
  }),
});

/** Every route is guarded: by `api`, and by the policies that its `@RateLimit` names. */
@Module({ imports: [limiter], providers: [{ provide: APP_GUARD, useExisting: RateLimitGuard }] })
export class LimitsModule {}
