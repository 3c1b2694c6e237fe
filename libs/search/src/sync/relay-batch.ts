import type { CallOptions } from '../contracts/engine.js';
import { SearchEngineUnavailableError } from '../errors/engine.errors.js';
import { isRefused } from '../support/engine-failure.js';
import { documentIdOf } from '../document/document-builder.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { EMPTY_REPORT, mergeReports, type BulkReport, type RetryableFailure } from '../indexing/bulk-report.js';
import type { DocumentPublisher } from '../indexing/document-publisher.js';
import type { PrimaryKey } from '../rows/entity-reader.js';
import { expand, type KeyReader } from './expansion.js';
import type { Claim } from './outbox.js';
import { type OutboxRow, type Refusal } from './outbox-row.js';
import { encodeKey } from '../database/key-text.js';

/** What became of the rows of one index. */
export type BatchOutcome =
  | Readonly<{ outcome: 'done'; rows: readonly OutboxRow[]; refusals: readonly Refusal[]; documents: number }>
  /** Engine or database did not answer, or the index is not there: the rows stay as they are. */
  | Readonly<{ outcome: 'released'; rows: readonly OutboxRow[]; error: unknown }>;

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
  let documents = 0;
  try {
    const touches = rows.map(({ path, key }) => ({ definition, path, key }));
    for await (const keys of expand(touches, definition, reader)) {
      const distinct = [...new Map(keys.map((key) => [String(key), key])).values()];
      const { failures, succeeded, unavailable } = await publishApart(definition, distinct, publisher, options);
      const later = failures.find(isNoFaultOfTheDocument);
      if (later)
        throw (
          unavailable ??
          new SearchEngineUnavailableError(definition.alias, 'overloaded', `${later.type}: ${later.reason}`)
        );
      refusals.push(...refusalsOf(definition, distinct, failures, rows));
      documents += succeeded;
      await alive();
    }
    return { outcome: 'done', rows, refusals, documents };
  } catch (error) {
    return { outcome: 'released', rows, error };
  }
}

/** A request that is refused as a whole, such as one with a document above the engine's limit, is tried in halves. */
async function publishApart(
  definition: IndexDefinition,
  keys: readonly PrimaryKey[],
  publisher: Publisher,
  options: CallOptions,
): Promise<BulkReport> {
  try {
    return await publisher.publish(definition, keys, options);
  } catch (error) {
    if (!isRefused(error)) throw error;
    const failure = {
      id: documentIdOf(definition.model, keys[0]!),
      index: definition.alias,
      status: error.status,
      type: error.type,
      reason: error.reason,
      retryable: false,
    };
    if (keys.length === 1) return { ...EMPTY_REPORT, failures: [failure] };
    const middle = Math.ceil(keys.length / 2);
    const first = await publishApart(definition, keys.slice(0, middle), publisher, options);
    return mergeReports(first, await publishApart(definition, keys.slice(middle), publisher, options));
  }
}

function isNoFaultOfTheDocument({ retryable, type }: RetryableFailure): boolean {
  return retryable || type === 'index_not_found_exception' || type === 'cluster_block_exception';
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
    const own = rows.filter((row) => row.path.length === 0 && encodeKey(row.key) === encodeKey(key));
    // A change of the document, or of what it embeds, begins to count anew.
    const isRetry = own.length > 0 && own.every(({ attempts }) => attempts > 0);
    return {
      alias,
      key,
      createdAt: Math.min(...(own.length > 0 ? own : rows).map(({ createdAt }) => createdAt)),
      attempts: isRetry ? Math.max(...own.map(({ attempts }) => attempts)) + 1 : 1,
      reason: `${type}: ${reason}`,
    };
  });
}
