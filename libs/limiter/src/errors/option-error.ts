import { LimiterError } from './limiter-error.js';
import { received } from './received.js';

/** One wrong option: `policies.api.limit must be a whole number of 1 or more (got 0)`. */
export interface OptionProblem {
  readonly option: string;
  readonly received: unknown;
  /** What it must be, as the remedy. */
  readonly requirement: string;
}

/** Lists every wrong option at once: what was received, and what it must be. */
export class LimiterOptionError extends LimiterError {
  readonly code = 'LIMITER_OPTION';

  constructor(readonly problems: readonly OptionProblem[]) {
    super(describe(problems));
  }
}

function describe(problems: readonly OptionProblem[]): string {
  const lines = problems.map(
    (problem) => `${problem.option} ${problem.requirement} (got ${received(problem.received)})`,
  );
  return lines.length === 1 ? lines[0]! : `${lines.length} limiter options are wrong:\n  - ${lines.join('\n  - ')}`;
}
