import { HerdError, shown } from './herd-error.js';

/** One wrong option: `nodes[2].port must be a whole number from 1 to 65535 (got 0)`. */
export type OptionProblem = Readonly<{
  /** Where it stands, such as `timeoutMs` or `connection.port`. */
  option: string;
  received: unknown;
  /** What it must be, and what to do where that does not follow. */
  requirement: string;
}>;

/** Options, or the descriptions of nodes, are wrong: nothing is started. The message lists all that is wrong. */
export class HerdOptionError extends HerdError {
  readonly code = 'HERD_OPTION';

  /** @param problems one or more. */
  constructor(readonly problems: readonly OptionProblem[]) {
    const remedy = problems.map(({ option, requirement }) => `${option} ${requirement}`).join('; ');
    super(
      { what: 'Options are wrong', received: problems.length === 1 ? problems[0]!.received : undefined, remedy },
      listed(problems),
    );
  }
}

function listed(problems: readonly OptionProblem[]): string {
  const lines = problems.map(
    ({ option, requirement, received }) => `${option} ${requirement} (got ${shown(received)})`,
  );
  return lines.length === 1 ? lines[0]! : `${lines.length} herd options are wrong:\n  - ${lines.join('\n  - ')}`;
}
