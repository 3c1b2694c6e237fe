import type { CallOptions } from '../contracts/engine.js';
import { SearchEngineUnavailableError } from '../errors/engine.errors.js';
import { keyText } from '../document/document-id.js';
import { documentIdOf } from '../document/document-builder.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { isPassing, type RetryableFailure } from '../indexing/bulk-report.js';
import type { DocumentPublisher } from '../indexing/document-publisher.js';
import type { PrimaryKey } from '../rows/entity-reader.js';
import { expand, type KeyReader, type Unreachable } from './expansion.js';
import type { Claim } from './outbox.js';
import type { OutboxRow, Refusal, UnreachableRow } from './outbox-row.js';
import type { Touch } from '../capture/touch.js';

/** What became of the rows of one index. */
export type BatchOutcome =
  | Readonly<{
      outcome: 'done';
      rows: readonly OutboxRow[];
      refusals: readonly Refusal[];
      /** Rows whose documents this release cannot find. */
      unreachable: readonly UnreachableRow[];
      documents: number;
    }>
  /** Engine or database did not answer, or the index is not there: the rows stay as they are. */
  | Readonly<{ outcome: 'released'; rows: readonly OutboxRow[]; error: unknown }>;

/** A touch with the row that it is of. */
type RowTouch = Touch & { readonly row: OutboxRow };

export type Publisher = Pick<DocumentPublisher, 'publish'>;

/**
 * The steps between claim and delete: expand related rows to documents, in pages, then publish each page, which reads
 * targets, clock and database in this order and writes. A refused document does not hold up the others.
 */
export async function relayRows(
  definition: IndexDefinition,
  rows: readonly OutboxRow[],
  {
    publisher,
    reader,
    alive,
  }: { readonly publisher: Publisher; readonly reader: KeyReader; readonly alive: Claim['alive'] },
  options: CallOptions = {},
): Promise<BatchOutcome> {
  const refusals: Refusal[] = [];
  const unreachable: UnreachableRow[] = [];
  const setAside: Unreachable = (some, reason) => {
    for (const touch of some) unreachable.push({ row: (touch as RowTouch).row, reason });
  };
  let documents = 0;
  try {
    const touches = rows.map((row) => ({ definition, path: row.path, key: row.key, row }));
    for await (const keys of expand(touches, definition, reader, setAside)) {
      const { failures, succeeded, unavailable } = await publisher.publish(definition, keys, options);
      const later = failures.find(isPassing);
      if (later)
        throw (
          unavailable ??
          new SearchEngineUnavailableError(definition.alias, 'overloaded', `${later.type}: ${later.reason}`)
        );
      refusals.push(...refusalsOf(definition, keys, failures, rows));
      documents += succeeded;
      await alive();
    }
    const aside = new Set(unreachable.map(({ row }) => row));
    return { outcome: 'done', rows: rows.filter((row) => !aside.has(row)), refusals, unreachable, documents };
  } catch (error) {
    return { outcome: 'released', rows, error };
  }
}

function refusalsOf(
  { alias, model }: IndexDefinition,
  keys: readonly PrimaryKey[],
  failures: readonly RetryableFailure[],
  rows: readonly OutboxRow[],
): Refusal[] {
  const keyById = new Map(keys.map((key) => [documentIdOf(model, key), key]));
  return [...new Map(failures.map((failure) => [failure.id, failure])).values()].map(({ id, type, reason }) => {
    const key = keyById.get(id)!;
    const own = rows.filter((row) => row.path.length === 0 && keyText(row.key) === keyText(key));
    // A change of the document, or of what it embeds, begins to count anew.
    const isRetry = own.length > 0 && own.every(({ attempts }) => attempts > 0);
    return {
      alias,
      key,
      createdAt: Math.min(...(own.length > 0 ? own : rows).map(({ createdAt }) => createdAt)),
      attempts: isRetry ? Math.max(...own.map(({ attempts }) => attempts)) + 1 : 1,
      reason: `${type}: ${reason}`,
      ...(own.at(-1)?.traceparent === undefined ? {} : { traceparent: own.at(-1)!.traceparent! }),
    };
  });
}
