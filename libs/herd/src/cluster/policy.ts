import type { HerdPolicy } from '../contracts/herd.js';
import { checkMs, checkShape } from '../support/option-checks.js';
import type { OptionProblems } from '../support/option-problems.js';

/** @returns `given` without what is `undefined`; what is wrong is reported. */
export function checkPolicy(problems: OptionProblems, given: HerdPolicy): HerdPolicy {
  const policy = checkShape(problems, given, ['onNodeDown', 'timeoutMs']);
  const { onNodeDown = 'miss', timeoutMs = 1 } = policy;
  const known = ['miss', 'error', 'next'].includes(onNodeDown);
  problems.check(known, 'onNodeDown', onNodeDown, `must be 'miss', 'error' or 'next'`);
  checkMs(problems, 'timeoutMs', timeoutMs, 'leave it out for that of the herd');
  return policy;
}
