import { ConfigurableModuleBuilder, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Limiter } from '../service/limiter.js';
import { RESOLVED_MODULE_OPTIONS, resolveModuleOptions, type ResolvedModuleOptions } from './module-options.js';
import { RateLimitEnforcer } from './rate-limit.enforcer.js';
import { RateLimitExplorer } from './rate-limit.explorer.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import type { LimiterModuleOptions } from './rate-limit-options.js';
import { RateLimitPlanner } from './rate-limit.planner.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<LimiterModuleOptions>({ moduleName: 'Limiter' })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createLimiterOptions')
  .setExtras<{ isGlobal?: boolean }>({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
  .build();

/** What a class given as `useClass` or `useExisting` implements. */
export interface LimiterOptionsFactory {
  createLimiterOptions(): LimiterModuleOptions | Promise<LimiterModuleOptions>;
}

/**
 * Provides {@link Limiter} and {@link RateLimitGuard}, to all modules unless `isGlobal` is false.
 *
 * @throws {@link LimiterOptionError} at start, naming every wrong option and every wrong `@RateLimit`
 * @example LimiterModule.forRoot({ storage: memoryStorage(), policies: { api: { limit: 100, per: '1m' } } })
 * @example LimiterModule.forRootAsync({ inject: [ConfigService], useFactory: (config) => config.get('limiter') })
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    { provide: RESOLVED_MODULE_OPTIONS, inject: [MODULE_OPTIONS_TOKEN], useFactory: resolveModuleOptions },
    { provide: Limiter, inject: [RESOLVED_MODULE_OPTIONS], useFactory: ({ limiter }: ResolvedModuleOptions) => new Limiter(limiter) },
    RateLimitPlanner,
    RateLimitEnforcer,
    RateLimitExplorer,
    RateLimitGuard,
  ],
  exports: [Limiter, RateLimitEnforcer, RateLimitGuard],
})
export class LimiterModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  constructor(@Inject(RESOLVED_MODULE_OPTIONS) private readonly options: ResolvedModuleOptions) {
    super();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.options.limiter.storage.close?.();
  }
}
