import { SearchError, shown } from './search-error.js';

/** A query that the model cannot answer, found before anything is sent. The message ends in the remedy. */
export class SearchQueryError extends SearchError {
  readonly code = 'SEARCH_QUERY_INVALID';

  constructor(
    /** The field or clause at fault: `title`, `terms('party')`. */
    readonly subject: string,
    message: string,
    /** What was received, where a value is at fault. */
    readonly value?: unknown,
  ) {
    super(message);
  }
}

/** A function of `@Indexed` failed. `cause` is what it threw. */
export class SearchHookError extends SearchError {
  readonly code = 'SEARCH_HOOK_FAILED';

  constructor(
    readonly hook: 'document' | 'preload' | 'routing' | 'when',
    readonly entity: string,
    /** `undefined` for `preload`, which is called for many. */
    readonly documentId: string | undefined,
    options: { readonly cause: unknown },
  ) {
    const { cause } = options;
    super(
      `@Indexed({ ${hook} }) of ${entity} failed${documentId === undefined ? '' : ` for document ${documentId}`}: ${cause instanceof Error ? cause.message : String(cause)}`,
      options,
    );
  }
}

/** A value of an entity that has no place in a document, such as NaN or an invalid date. */
export class SearchDocumentError extends SearchError {
  readonly code = 'SEARCH_DOCUMENT_INVALID';

  constructor(
    readonly documentId: string,
    readonly field: string,
    readonly value: unknown,
    remedy: string,
    options?: { readonly cause: unknown },
  ) {
    super(`document ${documentId}: \`${field}\` ${remedy} (got ${shown(value)})`, options);
  }
}
