import type { Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

import { startHerd } from '../cluster/start-herd.js';
import type { Herd } from '../contracts/herd.js';
import { checked } from '../support/option-checks.js';
import { HerdLifecycle } from './herd-lifecycle.js';
import type {
  AnyHerdOptions,
  HerdAsyncOptions,
  HerdOptionsFactory,
  UnnamedHerdOptions,
} from './herd-module-options.js';
import { getHerdLifecycleToken, getHerdOptionsToken, getHerdToken } from './tokens.js';
import { assertUniqueName } from './unique-name.js';

/** The herd `name`, started before any `onModuleInit`, as Nest waits for asynchronous providers. */
export const herdProviders = (name: string): Provider[] => [
  {
    provide: getHerdToken(name),
    inject: [getHerdOptionsToken(name), ModulesContainer],
    useFactory: (options: AnyHerdOptions, modules: ModulesContainer): Promise<Herd<object>> => {
      assertUniqueName(modules, name);
      checkSameName(options, name);
      return startHerd({ ...options, name });
    },
  },
  {
    provide: getHerdLifecycleToken(name),
    inject: [getHerdToken(name)],
    useFactory: (herd: Herd<object>) => new HerdLifecycle(herd),
  },
];

/** A herd is injected by the name that its module has: another one from a factory would be lost. */
function checkSameName(options: Pick<AnyHerdOptions, 'name'> | undefined, name: string): void {
  const made = options?.name ?? name;
  const remedy = `must be given to forRootAsync, beside the factory: it is what the herd is injected by`;
  checked((problems) => problems.check(made === name, 'name', made, remedy));
}

export const givenOptions = (name: string, options: AnyHerdOptions): Provider => ({
  provide: getHerdOptionsToken(name),
  useValue: options,
});

/** The options from wherever the application makes them. */
export function madeOptions(name: string, source: HerdAsyncOptions): Provider[] {
  const provide = getHerdOptionsToken(name);
  if ('useFactory' in source) return [{ provide, useFactory: source.useFactory, inject: source.inject ?? [] }];
  const useFactory = (factory: HerdOptionsFactory): UnnamedHerdOptions | Promise<UnnamedHerdOptions> =>
    factory.createHerdOptions();
  if ('useExisting' in source) return [{ provide, useFactory, inject: [source.useExisting] }];
  return [source.useClass, { provide, useFactory, inject: [source.useClass] }];
}
