import { parseDuration } from './duration.js';
import type { OptionProblems } from './option-problems.js';

/** What an option must be. */
export interface OptionRule {
  readonly accepts: (value: unknown) => boolean;
  /** The rest of "`option` …": `must be true or false`. */
  readonly requirement: string;
}

/** Each option of `T`, which may be a union, with its rule: one that is left out does not compile. */
export type OptionTable<T> = { readonly [K in T extends unknown ? keyof T : never]-?: OptionRule };

/**
 * Judges options by their table; `path` (`bulk.`) stands before their names. One that is undefined counts as absent.
 *
 * @returns whether they are an object at all
 */
export function checkOptions<T extends object>(
  problems: OptionProblems,
  given: T,
  table: OptionTable<T>,
  path = '',
): boolean {
  if (!problems.check(isObject(given), path.replace(/\.$/, '') || 'the options', given, anObject.requirement))
    return false;
  problems.checkNames(given, Object.keys(table), path);
  for (const [name, { accepts, requirement }] of Object.entries<OptionRule>(table)) {
    const value = (given as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined) problems.check(accepts(value), `${path}${name}`, value, requirement);
  }
  return true;
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const anObject: OptionRule = { accepts: isObject, requirement: 'must be an object of options' };

export const anything: OptionRule = { accepts: () => true, requirement: '' };

/** Something with these methods, whatever else it is. */
export function having(requirement: string, ...methods: readonly string[]): OptionRule {
  const accepts = (value: unknown): boolean =>
    methods.every((method) => typeof (value as Readonly<Record<string, unknown>> | null)?.[method] === 'function');
  return { accepts, requirement };
}

export const anEntityManager = having('must be an EntityManager', 'fork');

export const trueOrFalse: OptionRule = {
  accepts: (value) => typeof value === 'boolean',
  requirement: 'must be true or false',
};

export const aFunction: OptionRule = {
  accepts: (value) => typeof value === 'function',
  requirement: 'must be a function',
};

export const aText: OptionRule = {
  accepts: (value) => typeof value === 'string' && value !== '',
  requirement: 'must be a string that is not empty',
};

export const aPositiveNumber: OptionRule = {
  accepts: (value) => typeof value === 'number' && Number.isFinite(value) && value > 0,
  requirement: 'must be a number above 0',
};

export const milliseconds: OptionRule = {
  accepts: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
  requirement: 'must be a number of milliseconds, 0 or more',
};

export const aDuration: OptionRule = {
  accepts: (value) => (parseDuration(value) ?? 0) >= 1,
  requirement: "must be milliseconds, or a time such as '30s', of 1 ms or more",
};

export function aWholeNumber(least: number, most = Infinity): OptionRule {
  return {
    accepts: (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
    requirement:
      most === Infinity
        ? `must be a whole number of ${least} or more`
        : `must be a whole number from ${least} to ${most}`,
  };
}

export function wholeMilliseconds(least: number): OptionRule {
  return { ...aWholeNumber(least), requirement: `must be a whole number of milliseconds, ${least} or more` };
}

export function oneOf(...values: readonly string[]): OptionRule {
  const quoted = values.map((value) => `'${value}'`);
  return {
    accepts: (value) => values.includes(value as string),
    requirement: `must be ${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`,
  };
}
