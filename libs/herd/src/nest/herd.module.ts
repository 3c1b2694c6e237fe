import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';

import { resolveHerdOptions } from '../cluster/herd-options.js';
import type { HerdOptions } from '../cluster/herd-options.js';
import type { HerdAsyncOptions } from './herd-module-options.js';
import { checked } from '../support/option-checks.js';
import { givenOptions, herdProviders, madeOptions } from './herd-providers.js';
import { checkAsyncOptions, checkNamespaceEntries } from './nest-options.js';
import { namespaceProviders } from './namespace-providers.js';
import type { NamespaceEntry } from './namespace-providers.js';
import { defaultHerdName, getHerdToken } from './tokens.js';

/**
 * Herds as providers of the whole application: import it once per herd, and inject with `@InjectHerd(name)`.
 *
 * The herd has queried its discovery and pinged its nodes before any `onModuleInit` runs; it starts although nodes are down. On
 * shutdown discovery stops at `onModuleDestroy`, and connections close at `onApplicationShutdown`.
 */
@Module({})
export class HerdModule {
  /**
   * @example
   * HerdModule.forRoot({ name: 'cache', discovery: staticNodes(['10.0.0.1:11211']), driver: memcached() })
   *
   * @throws HerdOptionError
   */
  static forRoot<Client, Commands extends object, NodeCommands extends object = Commands>(
    options: HerdOptions<Client, Commands, NodeCommands>,
  ): DynamicModule {
    const { name } = resolveHerdOptions(options);
    return herdModule(name, { providers: [givenOptions(name, options)] });
  }

  /**
   * @example
   * HerdModule.forRootAsync({
   *   name: 'cache',
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ discovery: staticNodes(config.getOrThrow('MEMCACHED')), driver: memcached() }),
   * })
   *
   * @throws HerdOptionError
   */
  static forRootAsync(options: HerdAsyncOptions): DynamicModule {
    checked((problems) => checkAsyncOptions(problems, options));
    const { name = defaultHerdName, imports = [] } = options;
    return herdModule(name, { imports, providers: madeOptions(name, options) });
  }

  /**
   * Namespaces of a herd for one module, to be injected with `@InjectNamespace(name)` and used by `@Cached`, `@CacheEvict`
   * and `@CacheResponse`.
   *
   * @param herd the name of the herd, where it is not the default one.
   * @throws HerdOptionError
   * @example HerdModule.forFeature(['users', { name: 'pages', generationMaxAgeMs: 1000 }], 'cache')
   */
  static forFeature(namespaces: readonly NamespaceEntry[], herd?: string): DynamicModule {
    checked((problems) => checkNamespaceEntries(problems, namespaces));
    const providers = namespaceProviders(namespaces, herd);
    return { module: HerdNamespaces, providers, exports: providers };
  }
}

@Module({})
class HerdNamespaces {}

const herdModule = (name: string, parts: Pick<DynamicModule, 'imports' | 'providers'>): DynamicModule => ({
  module: HerdModule,
  global: true,
  ...parts,
  providers: [...(parts.providers ?? []), ...herdProviders(name)],
  exports: [getHerdToken(name)],
});
