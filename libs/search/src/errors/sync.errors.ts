import type { BulkFailure } from '../contracts/bulk-failure.js';
import { SearchError } from './search-error.js';

const SHOWN_FAILURES = 5;

/** The tables that `sync: 'outbox'` and migrations need are not there. */
export class SearchTableMissingError extends SearchError {
  readonly code = 'SEARCH_TABLE_MISSING';

  constructor(
    /** The entity or table that is missing. */
    readonly missing: string,
    options?: ErrorOptions,
  ) {
    super(
      `${missing} is missing: add ...searchEntities to the ORM's \`entities\`, then create the tables with the ORM's schema generator or a migration`,
      options,
    );
  }
}

/** An index is in the middle of a change that this process is not part of. */
export class SearchModelOutdatedError extends SearchError {
  readonly code = 'SEARCH_MODEL_OUTDATED';

  constructor(
    readonly alias: string,
    modelHash: string,
    wantedHash: string,
  ) {
    super(
      `the index of '${alias}' belongs to model ${wantedHash}, this process has model ${modelHash}: its changes wait for a process with that model, ` +
        `or run \`search migrate ${alias}\` or \`search rollback ${alias}\``,
    );
  }
}

/** `held`: another process migrates the index now. `taken-over`: another one went on while this one stood still. */
export type MigrationRefusal = 'held' | 'taken-over' | 'refused';

/** A migration that cannot be done as things stand. */
export class SearchMigrationError extends SearchError {
  readonly code = 'SEARCH_MIGRATION_REFUSED';

  constructor(
    readonly alias: string,
    problem: string,
    /** Documents that the new index refused. */
    readonly failures: readonly BulkFailure[] = [],
    options?: ErrorOptions & { readonly reason?: MigrationRefusal },
  ) {
    const shown = failures.slice(0, SHOWN_FAILURES).map(({ id, type, reason }) => `\n  - ${id}: ${type}: ${reason}`);
    super(`the index of '${alias}' ${problem}${shown.join('')}`, options);
    this.reason = options?.reason ?? 'refused';
  }

  readonly reason: MigrationRefusal;
}
