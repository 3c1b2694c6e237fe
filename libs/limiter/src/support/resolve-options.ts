import { OptionProblems } from './option-problems.js';
import { withDefaults } from './with-defaults.js';
import { isObject } from './is-object.js';

/**
 * The options of one function over their defaults: `check` looks at the values, and names that the defaults lack are refused.
 * An option that is `undefined` was not given.
 *
 * @param what whose options they are, which stands before each name in messages
 * @throws {@link LimiterOptionError} with everything that is wrong
 */
export function resolveOptions<T extends object>(
  what: string,
  options: Partial<T>,
  defaults: Readonly<T>,
  check: (resolved: T, problems: OptionProblems) => void,
): T {
  const problems = new OptionProblems();
  const valid = problems.check(
    isObject(options),
    `${what} options`,
    options,
    `must be an object with ${Object.keys(defaults).join(', ')}`,
  );
  const given = valid ? options : {};
  problems.checkNames(given, Object.keys(defaults), `${what}.`);
  const resolved = withDefaults(defaults, given);
  check(resolved, problems);
  problems.throwIfAny();
  return resolved;
}
