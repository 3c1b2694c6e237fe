import type { StoredDocument } from './stored.js';

/** A document that a search found. `at`: its place among those that the search sees. */
export interface Found {
  readonly stored: StoredDocument;
  readonly score: number;
  readonly at: number;
}
