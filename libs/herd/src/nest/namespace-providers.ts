import type { Provider } from '@nestjs/common';

import type { NamespaceOptions } from '../contracts/cache.js';
import type { Herd } from '../contracts/herd.js';
import { getHerdToken } from './tokens.js';
import { getNamespaceToken } from './tokens.js';

/** A namespace by its name, or with options of its own. */
export type NamespaceEntry = string | ({ readonly name: string } & NamespaceOptions);

export const namespaceProviders = (entries: readonly NamespaceEntry[], herd: string | undefined): Provider[] =>
  entries.map((entry) => {
    const { name, ...options } = typeof entry === 'string' ? { name: entry } : entry;
    return {
      provide: getNamespaceToken(name, herd),
      inject: [getHerdToken(herd)],
      useFactory: (injected: Herd<object>) => injected.namespace(name, options),
    };
  });
