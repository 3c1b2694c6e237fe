import { OptionProblems } from '../support/option-problems.js';
import { isObject } from '../support/is-object.js';

export interface ConsumeOptions {
  /** Tokens, a whole number from 1 to the policy's burst. Default 1. */
  readonly cost?: number;
}

const CONSUME_NAMES = ['cost'];

/** @throws {@link LimiterOptionError} where there is an option that nobody would honour */
export function costOf(options: ConsumeOptions): number {
  const { cost } = namedOptions(options, CONSUME_NAMES, 'must be an object such as { cost: 3 }');
  return cost === undefined ? 1 : cost;
}

/** The options, where each has a known name. @throws {@link LimiterOptionError} */
export function namedOptions<T extends object>(options: T, names: readonly string[], shape: string): T {
  // Nearly every call has nothing to complain of, and is not to pay for gathering complaints.
  const isOptions = isObject(options);
  if (isOptions && Object.keys(options).every((name) => names.includes(name))) return options;
  const problems = new OptionProblems();
  if (problems.check(isOptions, 'options', options, shape)) problems.checkNames(options, names);
  problems.throwIfAny();
  return options;
}
