import { Inject } from '@nestjs/common';

import type { Namespace } from '../contracts/cache.js';
import { HerdOptionError } from '../errors/option-error.js';
import { getNamespaceToken } from './tokens.js';

/** Which namespace a decorator uses. */
export type NamespaceChoice = Readonly<{ namespace: string; herd?: string }>;

/**
 * Has Nest inject the namespace into a property of `target`'s class, for a method decorator to use.
 *
 * @returns what reads it from an instance.
 */
export function namespaceProperty(
  target: object,
  { namespace, herd }: NamespaceChoice,
): (instance: object) => Namespace {
  const property = getNamespaceToken(namespace, herd);
  Inject(property)(target, property);
  return (instance) => {
    const found = (instance as Record<symbol, Namespace | undefined>)[property];
    if (found) return found;
    const requirement = 'was not injected; let Nest make the instance of this class';
    throw new HerdOptionError([{ option: 'namespace', received: namespace, requirement }]);
  };
}
