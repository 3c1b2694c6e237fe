import type { IndexModel } from '../metadata/index-model.js';
import { buildDocument, documentIdOf, keyOf, routingOf, type DocumentKey } from './document-builder.js';

/** What an index should hold for a row, or for a key that may have none. */
export type DesiredDocument =
  | Readonly<{
      state: 'present';
      key: DocumentKey;
      id: string;
      routing: string | undefined;
      source: Readonly<Record<string, unknown>>;
    }>
  /** There is to be no document. */
  | Readonly<{ state: 'absent'; key: DocumentKey; id: string }>
  /** Its document cannot be built, by `error`: the index keeps what it has. `routing` where that much is known. */
  | Readonly<{ state: 'invalid'; key: DocumentKey; id: string; routing: string | undefined; error: unknown }>;

/**
 * The one place that decides which document a row should have, and whether it has one: whoever writes, compares or
 * repairs an index goes by it. Row by row as they are read from it, so that one document at a time is in memory.
 *
 * @param rows with all that `EntityReader` loads for documents
 * @param keys where keys were looked up: those of them without a row come after the rows, as `absent`
 */
export function* desiredDocuments(
  model: IndexModel,
  rows: readonly object[],
  keys: readonly DocumentKey[] = [],
): Generator<DesiredDocument, void, undefined> {
  const found = new Set<string>();
  for (const row of rows) {
    const desired = desiredDocument(model, row);
    found.add(String(desired.key));
    yield desired;
  }
  for (const key of keys) if (!found.has(String(key))) yield { state: 'absent', key, id: documentIdOf(model, key) };
}

/** Whether the rows must be read to say where a document belongs; else it is there wherever its row is. */
export function dependsOnRow({ routing }: Pick<IndexModel, 'routing'>): boolean {
  return routing !== undefined;
}

function desiredDocument(model: IndexModel, row: object): DesiredDocument {
  const key = keyOf(model, row);
  const id = documentIdOf(model, key);
  let routing: string | undefined;
  try {
    routing = routingOf(model, row);
    return { state: 'present', key, id, routing, source: buildDocument(model, row) };
  } catch (error) {
    return { state: 'invalid', key, id, routing, error };
  }
}
