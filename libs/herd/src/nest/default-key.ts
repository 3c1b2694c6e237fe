import { argumentKey } from '../cache/argument-key.js';
import type { Namespace } from '../contracts/cache.js';
import { HerdOptionError } from '../errors/option-error.js';
import { isTaken } from './name-owners.js';

type Call = Readonly<{ target: object; instance: object; method: string }>;

/**
 * The class of the instance, that which has the method, the method, and the arguments.
 *
 * @throws HerdOptionError where another class of the same name keeps its results in the same namespace; HerdRequestError
 * for an argument that cannot be distinguished from another.
 */
export function defaultKey(namespace: Namespace, { target, instance, method }: Call, args: readonly unknown[]): string {
  const owners = [target.constructor, instance.constructor];
  const name = `${[...new Set(owners)].map((owner) => owner.name).join('<')}.${method}`;
  if (isTaken(namespace, name, owners)) {
    const requirement = `must be given: two classes of that name use the namespace ${JSON.stringify(namespace.name)}`;
    throw new HerdOptionError([{ option: 'key', received: name, requirement }]);
  }
  return `${name}:${argumentKey(args, name)}`;
}
