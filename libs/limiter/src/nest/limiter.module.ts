import {
  ConfigurableModuleBuilder,
  type ConfigurableModuleAsyncOptions,
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Limiter } from '../service/limiter.js';
import type { LimiterOptions } from '../service/limiter-options.js';
import { checkAsyncOptions, checkModuleExtras } from './module-extras.js';
import { resolveModuleOptions, type ResolvedModuleOptions } from './module-options.js';
import { GuardCheck } from './guard-check.js';
import { GuardsBefore } from './guards-before.js';
import { HandlerScan } from './handler-scan.js';
import { NamedLimiters } from './named-limiters.js';
import { RateLimitEnforcer } from './rate-limit.enforcer.js';
import { RateLimitExplorer } from './rate-limit.explorer.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import type { LimiterModuleOptions } from './rate-limit-options.js';
import { RateLimitPlanner } from './rate-limit.planner.js';
import { LimitedExplorer } from './limited/limited.explorer.js';
import { StorageLog } from './storage-log.js';
import {
  DEFAULT_LIMITER,
  getEnforcerToken,
  getLimiterToken,
  LIMITER_NAME,
  MODULE_LIMITER,
  RESOLVED_MODULE_OPTIONS,
} from './tokens.js';

/** Beside the options, and set before they are resolved. */
export interface LimiterModuleExtras {
  /** Several limiters in one application: each its own storage and policies. Default `'default'`. */
  readonly name?: string;
  /** Default true. */
  readonly isGlobal?: boolean;
}

/** Options that a factory or a class returns; `name` and `isGlobal` stand beside it. */
export type LimiterModuleAsyncOptions = ConfigurableModuleAsyncOptions<LimiterModuleOptions, 'createLimiterOptions'> &
  LimiterModuleExtras;

const { ConfigurableModuleClass: ModuleDefinition, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<LimiterModuleOptions>({
    moduleName: 'Limiter',
  })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createLimiterOptions')
    .setExtras<LimiterModuleExtras>({ name: DEFAULT_LIMITER, isGlobal: true }, withName)
    .build();

function withName(
  definition: DynamicModule,
  { name = DEFAULT_LIMITER, isGlobal = true }: LimiterModuleExtras,
): DynamicModule {
  const limiter = { provide: getLimiterToken(name), useExisting: MODULE_LIMITER };
  const enforcer = { provide: getEnforcerToken(name), useExisting: RateLimitEnforcer };
  // The classes alone mean the default limiter: a module of another name must not provide them.
  const byClass = name === DEFAULT_LIMITER ? [{ provide: Limiter, useExisting: limiter.provide }, RateLimitGuard] : [];
  return {
    ...definition,
    global: isGlobal,
    providers: [
      ...(definition.providers ?? []),
      { provide: LIMITER_NAME, useValue: name },
      limiter,
      enforcer,
      ...byClass,
    ],
    exports: [...(definition.exports ?? []), limiter.provide, enforcer.provide, ...byClass],
  };
}

/** What a class given as `useClass` or `useExisting` implements. */
export interface LimiterOptionsFactory {
  createLimiterOptions(): LimiterModuleOptions | Promise<LimiterModuleOptions>;
}

/**
 * Provides {@link Limiter} and {@link RateLimitGuard}, to all modules unless `isGlobal` is false. With a name of its own it
 * provides what `@InjectLimiter(name)` and `namedRateLimitGuard(name)` inject instead.
 *
 * @throws {@link LimiterOptionError} at start, naming every wrong option and every wrong `@RateLimit`
 * @example LimiterModule.forRoot({ storage: memoryStorage(), policies: { api: { limit: 100, per: '1m' } } })
 * @example LimiterModule.forRootAsync({ inject: [ConfigService], useFactory: (config) => config.get('limiter') })
 * @example LimiterModule.forRoot({ name: 'partner', storage, policies: { quota: { limit: 10_000, per: '1d' } } })
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    { provide: RESOLVED_MODULE_OPTIONS, inject: [MODULE_OPTIONS_TOKEN], useFactory: resolveModuleOptions },
    {
      provide: MODULE_LIMITER,
      inject: [RESOLVED_MODULE_OPTIONS],
      useFactory: ({ limiter }: ResolvedModuleOptions) => new Limiter(limiter),
    },
    NamedLimiters,
    RateLimitPlanner,
    RateLimitEnforcer,
    HandlerScan,
    RateLimitExplorer,
    GuardsBefore,
    GuardCheck,
    StorageLog,
    LimitedExplorer,
  ],
})
export class LimiterModule implements OnApplicationShutdown {
  constructor(
    @Inject(RESOLVED_MODULE_OPTIONS) private readonly options: { readonly limiter: Pick<LimiterOptions, 'storage'> },
  ) {}

  static forRoot(options: LimiterModuleOptions & LimiterModuleExtras): DynamicModule {
    checkModuleExtras(options);
    return { ...ModuleDefinition.forRoot(options), module: this };
  }

  static forRootAsync(options: LimiterModuleAsyncOptions): DynamicModule {
    checkAsyncOptions(options);
    return { ...ModuleDefinition.forRootAsync(options), module: this };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.options.limiter.storage.close?.();
  }
}
