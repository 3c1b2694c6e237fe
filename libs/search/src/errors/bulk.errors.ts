import type { BulkFailure } from '../contracts/bulk-failure.js';
import { SearchError } from './search-error.js';

const SHOWN_FAILURES = 5;

/** Some documents of a bulk were not written. The others were: `succeeded` of them. */
export class SearchBulkError extends SearchError {
  readonly code = 'SEARCH_BULK_FAILED';

  constructor(
    readonly failures: readonly BulkFailure[],
    readonly succeeded: number,
    options?: ErrorOptions,
  ) {
    const first = failures.slice(0, SHOWN_FAILURES).map(({ id, type, reason }) => `  - ${id}: ${type}: ${reason}`);
    const rest = failures.length - first.length;
    super(
      [
        `${failures.length} of ${failures.length + succeeded} documents were not written:`,
        ...first,
        ...(rest > 0 ? [`  and ${rest} more (see \`failures\`)`] : []),
      ].join('\n'),
      options,
    );
  }
}

/** Changes that were committed are not in the index yet, and the wait for them is over. */
export class SearchNotSettledError extends SearchError {
  readonly code = 'SEARCH_NOT_SETTLED';

  constructor(
    /** Changes that still wait. */
    readonly pending: number,
    timeoutMs: number,
    options?: ErrorOptions,
  ) {
    super(
      `${pending} changes are not in the index after ${timeoutMs} ms: is the engine up? See the cause, or wait longer with { timeoutMs }`,
      options,
    );
  }
}
