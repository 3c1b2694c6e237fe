import { SearchError, shown } from './search-error.js';

/** One wrong option: `bulk.maxBytes must be a whole number of 1 or more (got 0)`. */
export type OptionProblem = Readonly<{
  /** Where it stands, such as `bulk.maxBytes` or `indexAll.pageSize`. */
  option: string;
  received: unknown;
  /** What it must be, and what to do where that does not follow. */
  requirement: string;
}>;

/** Options of the module, of an engine or of a call are wrong: nothing is done. The message lists all that is wrong. */
export class SearchOptionError extends SearchError {
  readonly code = 'SEARCH_OPTION_INVALID';

  /** @param problems one or more */
  constructor(readonly problems: readonly OptionProblem[]) {
    super(listed(problems));
  }
}

function listed(problems: readonly OptionProblem[]): string {
  const lines = problems.map(
    ({ option, requirement, received }) => `${option} ${requirement} (got ${shown(received)})`,
  );
  return lines.length === 1 ? lines[0]! : `${lines.length} search options are wrong:\n  - ${lines.join('\n  - ')}`;
}
