import { parseDuration } from './duration.js';
import { OptionProblems } from './option-problems.js';

/** The longest wait that a timer of Node.js keeps. */
export const longestTimerMs = 2 ** 31 - 1;

/** @returns `given` without what is `undefined`: that stands for an option that is left out. */
const withoutUndefined = <Options extends object>(given: Options): Options =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Options;

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether `part` is an object with the method `name`. */
export const hasMethod = (part: unknown, name: string): boolean =>
  isObject(part) && typeof (part as Readonly<Record<string, unknown>>)[name] === 'function';

/**
 * The options under `path` as an object whose names are all known.
 *
 * @returns an empty object, and reports it, where `given` is none.
 */
export function checkShape<Options extends object>(
  problems: OptionProblems,
  given: Options,
  known: readonly (string & keyof Options)[],
  path = '',
): Options {
  const name = path === '' ? 'options' : path.replace(/\.$/, '');
  if (!problems.check(isObject(given), name, given, `must be an object with any of ${known.join(', ')}`))
    return {} as Options;
  problems.checkNames(given, known, path);
  return withoutUndefined(given);
}

/** Checks milliseconds for a timer, from `least`. */
export const checkMs = (problems: OptionProblems, option: string, value: unknown, remedy: string): boolean =>
  problems.check(
    typeof value === 'number' && value > 0 && value <= longestTimerMs,
    option,
    value,
    `must be milliseconds above 0, up to ${longestTimerMs}; ${remedy}`,
  );

export const checkWhole = (
  problems: OptionProblems,
  option: string,
  value: unknown,
  [least, most]: readonly [number, number],
  remedy: string,
): boolean =>
  problems.check(
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
    option,
    value,
    `must be a whole number ${most === Infinity ? `of ${least} or more` : `from ${least} to ${most}`}; ${remedy}`,
  );

/** Checks a share, from 0 to 1. */
export const checkShare = (problems: OptionProblems, option: string, value: unknown, remedy: string): boolean =>
  problems.check(
    typeof value === 'number' && value >= 0 && value <= 1,
    option,
    value,
    `must be a number from 0 to 1; ${remedy}`,
  );

/** @returns the milliseconds of a duration, by default one for a timer; 0, and reports it, where it is none. */
export function readDuration(
  problems: OptionProblems,
  option: string,
  value: unknown,
  mostMs: number = longestTimerMs,
): number {
  const ms = parseDuration(value);
  const valid = ms !== undefined && ms > 0 && ms <= mostMs;
  problems.check(
    valid,
    option,
    value,
    `must be a duration above 0${mostMs === Infinity ? '' : `, up to ${mostMs} ms`}: milliseconds, or a text such as '30s'`,
  );
  return valid ? ms : 0;
}

/** Runs `check` with a list of problems, and throws what it gathered. @throws HerdOptionError */
export function checked<Result>(check: (problems: OptionProblems) => Result): Result {
  const problems = new OptionProblems();
  const result = check(problems);
  problems.throwIfAny();
  return result;
}
