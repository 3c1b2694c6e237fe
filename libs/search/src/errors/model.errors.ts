import { SearchError, shown } from './search-error.js';

/** An option of the module, of an engine or of a call that cannot be used. */
export class SearchOptionError extends SearchError {
  readonly code = 'SEARCH_OPTION_INVALID';

  /** @param remedy what the option takes, as the rest of "`option` …": `must be a whole number of 1 or more` */
  constructor(
    readonly option: string,
    remedy: string,
    readonly value: unknown,
  ) {
    super(`${option} ${remedy} (got ${shown(value)})`);
  }
}

/** One thing that is wrong with a model, and what to do about it. */
export interface ModelComplaint {
  /** Entity and property: `Passage.text`. */
  readonly where: string;
  readonly problem: string;
  readonly remedy: string;
}

/** Everything that is wrong with the indexed entities, found at start-up and told at once. */
export class SearchModelError extends SearchError {
  readonly code = 'SEARCH_MODEL_INVALID';

  constructor(readonly complaints: readonly ModelComplaint[]) {
    const lines = complaints.map(({ where, problem, remedy }) => `  - ${where}: ${problem}. ${remedy}.`);
    super(
      [`The search model has ${complaints.length} ${complaints.length === 1 ? 'mistake' : 'mistakes'}:`, ...lines].join(
        '\n',
      ),
    );
  }
}

/** The index that is there was made from another model. */
export class SearchIndexMismatchError extends SearchError {
  readonly code = 'SEARCH_INDEX_MISMATCH';

  constructor(
    readonly alias: string,
    readonly liveIndex: string,
    problem: string,
    remedy: string,
  ) {
    super(`The index of '${alias}' (${liveIndex}) ${problem}. ${remedy}.`);
  }
}
