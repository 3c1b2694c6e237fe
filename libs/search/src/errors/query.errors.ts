import { SearchError, shown } from './search-error.js';

/** A query that the model cannot answer, found before anything is sent. */
export class SearchQueryError extends SearchError {
  readonly code = 'SEARCH_QUERY_INVALID';

  constructor(
    /** The field or clause at fault: `title`, `terms('party')`. */
    readonly subject: string,
    message: string,
  ) {
    super(message);
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
  ) {
    super(`document ${documentId}: \`${field}\` ${remedy} (got ${shown(value)})`);
  }
}
