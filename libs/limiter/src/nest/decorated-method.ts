import { OptionProblems } from '../support/option-problems.js';

/**
 * A decorator of methods on what no instance is called by would be recorded, and never read.
 *
 * @throws {@link LimiterOptionError} naming what it stands on
 */
export function checkMethod(decorator: string, target: object, key: string | symbol): void {
  const problems = new OptionProblems();
  const isStatic = typeof target === 'function';
  const owner = isStatic ? (target as { readonly name: string }).name : target.constructor.name;
  const value: unknown = Object.getOwnPropertyDescriptor(target, key)?.value;
  const stands = isStatic ? 'a static member' : typeof value === 'function' ? 'a method' : 'a property';
  const rule = 'must stand on a method of its instances';
  problems.check(stands === 'a method', `${decorator} of ${owner}.${String(key)}`, stands, rule);
  problems.throwIfAny();
}
