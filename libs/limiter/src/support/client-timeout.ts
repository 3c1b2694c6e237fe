import { isWhole } from './is-whole.js';
import { OptionProblems } from './option-problems.js';

const MAX_TIMEOUT_MS = 60_000;

/** @throws {@link LimiterOptionError} where `timeoutMs` is not what a limiter's `timeoutMs` can be */
export function checkClientTimeout(what: string, timeoutMs: number): void {
  const problems = new OptionProblems();
  const rule = `must be whole milliseconds from 1 to ${MAX_TIMEOUT_MS}, those of the limiter's timeoutMs`;
  problems.check(isWhole(timeoutMs, 1, MAX_TIMEOUT_MS), `${what}.timeoutMs`, timeoutMs, rule);
  problems.throwIfAny();
}
