import { HerdNamespace } from '../cache/herd-namespace.js';
import type { Namespace } from '../contracts/cache.js';

/** What each name stands for, in the keys of each namespace of a herd, whichever module opened it. */
const known = new WeakMap<object, Map<string, readonly object[]>>();

/** Notes that `name` stands for `owners` in the keys of `namespace`. @returns whether it stood for others before. */
export function isTaken(namespace: Namespace, name: string, owners: readonly object[]): boolean {
  const identity = namespace instanceof HerdNamespace ? namespace.identity : namespace;
  const names = known.get(identity) ?? new Map<string, readonly object[]>();
  known.set(identity, names);
  const present = names.get(name) ?? owners;
  names.set(name, present);
  return owners.some((owner, i) => owner !== present[i]);
}
