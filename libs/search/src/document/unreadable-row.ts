import type { DocumentKey } from '../metadata/key-parts.js';

/** Stands in a page for a row that cannot be read: it has the key that the row has, and what came in the way. */
export class UnreadableRow {
  constructor(
    readonly key: DocumentKey,
    readonly error: unknown,
  ) {}
}
