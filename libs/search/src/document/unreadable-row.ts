import type { DocumentKey } from './document-builder.js';

/** Stands in a page for a row that cannot be read: it has the key that the row has, and what came in the way. */
export class UnreadableRow {
  /** @param property the one that keys of the model are values of */
  constructor(
    property: string,
    key: DocumentKey,
    readonly error: unknown,
  ) {
    Object.defineProperty(this, property, { value: key, enumerable: true });
  }
}
