import type { BulkFailure } from '../contracts/bulk-failure.js';
import { SearchMigrationError } from '../errors/sync.errors.js';
import type { MigrationState } from './migration-state.js';

/** Failures that messages and events show. */
export const SHOWN_FAILURES = 100;

/** Rows of a migration that cannot be made into a document, by id: few of them do not end it. */
export class UnbuildableRows {
  private readonly byId = new Map<string, BulkFailure>();

  /** @param bound how many the new index may lack; one in a hundred, 100 at most and 1 at least, when `undefined` */
  constructor(private readonly bound: number | undefined) {}

  get failures(): readonly BulkFailure[] {
    return [...this.byId.values()];
  }

  /** Notes documents that cannot be built. @returns the failures of the others @throws SearchMigrationError for too many */
  setAside({ alias, kind, total }: MigrationState, failures: readonly BulkFailure[]): readonly BulkFailure[] {
    const unbuilt = failures.filter(isUnbuilt);
    if (unbuilt.length === 0) return failures;
    for (const failure of unbuilt) this.byId.set(failure.id, failure);
    const bound = this.bound ?? Math.max(1, Math.min(SHOWN_FAILURES, Math.floor(total / 100)));
    // An additive change leaves the documents as they are.
    if (kind === 'rebuild' && this.byId.size > bound)
      throw new SearchMigrationError(
        alias,
        `would lack more than ${bound} documents, whose rows cannot be made into one. Mend the rows or the model, or set maxUnbuildable (--max-unbuildable):`,
        this.failures.slice(0, SHOWN_FAILURES),
      );
    return failures.filter((failure) => !isUnbuilt(failure));
  }
}

/** Nothing was sent of it. */
export function isUnbuilt({ status }: BulkFailure): boolean {
  return status === 0;
}

export function refusedByMapping(alias: string, failures: readonly BulkFailure[]): SearchMigrationError {
  return new SearchMigrationError(
    alias,
    'has a new mapping that refuses documents:',
    failures.slice(0, SHOWN_FAILURES),
  );
}
