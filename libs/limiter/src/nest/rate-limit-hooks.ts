import type { OptionProblems } from '../support/option-problems.js';
import type { RateLimitHooks } from './rate-limit-options.js';

const FUNCTIONS = ['policy', 'bucket', 'skip', 'decorate', 'onLimited'] as const;

/** What a decorator, a policy of the module and the module itself can set. */
export const HOOK_NAMES = [...FUNCTIONS, 'cost'] as const;

/** Checks the hooks of a decorator, of a policy or of the module; `path` stands before each name. */
export function checkHooks(hooks: RateLimitHooks, path: string, problems: OptionProblems): void {
  for (const name of FUNCTIONS) {
    const valid = hooks[name] === undefined || typeof hooks[name] === 'function';
    problems.check(valid, `${path}${name}`, hooks[name], 'must be a function');
  }
  const { cost } = hooks;
  const valid = cost === undefined || typeof cost === 'function' || (Number.isSafeInteger(cost) && cost >= 1);
  problems.check(valid, `${path}cost`, cost, 'must be a whole number of 1 or more, or a function that returns one');
}

/** Hook by hook, the last level that sets one wins. */
export function mergeHooks(...levels: readonly RateLimitHooks[]): RateLimitHooks {
  const set = HOOK_NAMES.map((name) => [name, levels.findLast((level) => level[name] !== undefined)?.[name]]);
  return Object.fromEntries(set) as RateLimitHooks;
}
