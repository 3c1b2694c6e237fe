import type { IndexModel } from '../metadata/index-model.js';
import { buildDocument, documentIdOf, isWanted, keyOf, routingOf, type DocumentKey } from './document-builder.js';
import { keyText } from './document-id.js';
import { isKey, keyProblem } from './document-key.js';
import { assertClassKnown } from './row-class.js';
import { UnreadableRow } from './unreadable-row.js';

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
  /** Its document cannot be built, by `error`: the index keeps what it has. `routing` where that much could be read. */
  | Readonly<{ state: 'invalid'; key: DocumentKey; id: string; routing: string | undefined; error: unknown }>;

/**
 * The one place that decides which document a row should have, and whether it has one: whoever writes, compares or
 * repairs an index goes by it. Row by row as they are read from it, so that one document at a time is in memory.
 *
 * @param rows that fulfil the conditions in SQL, with all that `EntityReader` loads for documents, an `UnreadableRow` for each that cannot be read
 * @param keys where keys were looked up: those of them without such a row come after the rows, as `absent`
 */
export function* desiredDocuments(
  model: IndexModel,
  rows: readonly object[],
  keys: readonly DocumentKey[] = [],
): Generator<DesiredDocument, void, undefined> {
  const found = new Set<string>();
  for (const row of rows) {
    const desired = desiredDocument(model, row);
    found.add(keyText(desired.key));
    yield desired;
  }
  for (const key of keys) if (!found.has(keyText(key))) yield* withoutRow(model, key);
}

/** The same without what is to be absent: for an index that is filled, where nothing has to go. */
export function* documentsToWrite(
  model: IndexModel,
  rows: readonly object[],
): Generator<Exclude<DesiredDocument, { state: 'absent' }>, void, undefined> {
  for (const desired of desiredDocuments(model, rows)) if (desired.state !== 'absent') yield desired;
}

/**
 * Whether rows must be read to decide whether and where they have a document; else one is there wherever a row is that
 * fulfils the conditions in SQL.
 */
export function dependsOnRow({
  routing,
  condition,
  hooks,
}: Pick<IndexModel, 'routing' | 'condition' | 'hooks'>): boolean {
  return routing !== undefined || condition?.when !== undefined || hooks.document !== undefined;
}

/** Nothing is desired of an id that no engine accepts. */
function* withoutRow(model: IndexModel, key: DocumentKey): Generator<DesiredDocument, void, undefined> {
  const id = documentIdOf(model, key);
  const error = keyProblem(model, key);
  if (!error) yield { state: 'absent', key, id };
  else if (!isKey(model, key)) yield { state: 'invalid', key, id, routing: undefined, error };
}

function desiredDocument(model: IndexModel, row: object): DesiredDocument {
  const key = keyOf(model, row);
  const id = documentIdOf(model, key);
  const problem = keyProblem(model, key);
  if (problem) return { state: 'invalid', key, id, routing: undefined, error: problem };
  if (row instanceof UnreadableRow) return { state: 'invalid', key, id, routing: undefined, error: row.error };
  let routing: string | undefined;
  try {
    assertClassKnown(model, row);
    if (!isWanted(model, row)) return { state: 'absent', key, id };
    routing = routingOf(model, row);
    const source = buildDocument(model, row);
    return source ? { state: 'present', key, id, routing, source } : { state: 'absent', key, id };
  } catch (error) {
    return { state: 'invalid', key, id, routing, error };
  }
}
