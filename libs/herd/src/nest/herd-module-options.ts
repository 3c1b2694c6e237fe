import type { InjectionToken, ModuleMetadata, OptionalFactoryDependency, Type } from '@nestjs/common';

import type { HerdOptions } from '../cluster/herd-options.js';

// The module does not look into what a driver brings: any will do.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyHerdOptions = HerdOptions<any, any, any>;

/** The options of a herd whose name is given beside the factory. */
export type UnnamedHerdOptions = Omit<AnyHerdOptions, 'name'>;

/** A provider that makes the options of a herd, for `useClass` and `useExisting`. */
export interface HerdOptionsFactory {
  createHerdOptions(): UnnamedHerdOptions | Promise<UnnamedHerdOptions>;
}

/** Where `forRootAsync` gets its options. */
export type OptionsSource =
  | {
      // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as Nest types its own factories
      useFactory: (...args: any[]) => UnnamedHerdOptions | Promise<UnnamedHerdOptions>;
      inject?: (InjectionToken | OptionalFactoryDependency)[];
    }
  | { useClass: Type<HerdOptionsFactory> }
  | { useExisting: InjectionToken<HerdOptionsFactory> };

/** `name` is fixed here, as it is what the herd is injected by. */
export type HerdAsyncOptions = OptionsSource & Pick<ModuleMetadata, 'imports'> & { name?: string };
