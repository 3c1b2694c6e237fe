import { OptionProblems } from './option-problems.js';
import { withDefaults } from './with-defaults.js';

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
  const isObject = typeof options === 'object' && options !== null;
  problems.check(isObject, `${what} options`, options, `must be an object with ${Object.keys(defaults).join(', ')}`);
  const given = isObject ? options : {};
  problems.checkNames(given, Object.keys(defaults), `${what} `);
  const resolved = withDefaults(defaults, given);
  check(resolved, problems);
  problems.throwIfAny();
  return resolved;
}
