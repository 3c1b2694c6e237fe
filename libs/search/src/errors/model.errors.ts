import { SearchError } from './search-error.js';

/** One thing that is wrong with a model, and what to do about it. */
export interface ModelComplaint {
  /** Entity and property: `Passage.text`. */
  readonly where: string;
  readonly problem: string;
  readonly remedy: string;
}

/** Everything that is wrong with the indexed entities, found at start-up and reported at once. */
export class SearchModelError extends SearchError {
  readonly code = 'SEARCH_MODEL_INVALID';

  constructor(readonly complaints: readonly ModelComplaint[]) {
    const lines = complaints.map(
      ({ where, problem, remedy }) => `  - ${where}: ${problem}. ${remedy}${remedy.endsWith('?') ? '' : '.'}`,
    );
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
    /** `model`: index and model differ. `alias`: the alias does not stand for one index that was made for it. */
    readonly mismatch: 'model' | 'alias' = 'alias',
  ) {
    super(`The index of '${alias}' (${liveIndex}) ${problem}. ${remedy}.`);
  }
}
