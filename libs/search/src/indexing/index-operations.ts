import type { BulkOperation } from '../contracts/engine.js';
import { buildDocument, documentIdOf, keyOf, routingOf, type DocumentKey } from '../document/document-builder.js';
import { SearchDocumentError, SearchHookError } from '../errors/query.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { RetryableFailure } from './bulk-report.js';
import type { WriteTarget } from './index-targets.js';

/** One index that a batch goes to. */
export interface BatchTarget extends WriteTarget {
  /** One routing for each shard, where documents of a routed index may be; `[undefined]` for any other. */
  readonly shards?: readonly (string | undefined)[];
}

/** What the writes of one batch share. */
export interface Batch {
  readonly targets: readonly BatchTarget[];
  readonly version: number;
  /** Below `version`: for deletes of what a document that moved may have left on another shard. */
  readonly sweepVersion?: number | undefined;
  /** Documents that cannot be built. */
  readonly refused: RetryableFailure[];
}

/** Writes of these entities to each target; a document that cannot be built is noted instead. */
export function* indexOperations(
  { model }: IndexDefinition,
  entities: readonly object[],
  { targets, version, sweepVersion, refused }: Batch,
): Generator<BulkOperation> {
  for (const entity of entities) {
    const id = documentIdOf(model, keyOf(model, entity));
    try {
      const document = buildDocument(model, entity);
      const routing = routingOf(model, entity);
      const source = JSON.stringify(document);
      for (const { index, fit, shards = [] } of targets) {
        yield { action: 'index', index, version, id, routing, source: fit ? JSON.stringify(fit(document)) : source };
        // Each shard may hold an older state of a document that has moved. On its own shard the write has the higher version.
        if (sweepVersion !== undefined && shards.length > 1)
          for (const shard of shards) yield { action: 'delete', index, id, version: sweepVersion, routing: shard };
      }
    } catch (error) {
      refused.push(refusal(id, targets, error));
    }
  }
}

/** Deletes of documents whose rows are gone, wherever they are. */
export function* deleteOperations(
  { model }: IndexDefinition,
  keys: readonly DocumentKey[],
  { targets, version }: Batch,
): Generator<BulkOperation> {
  for (const { index, shards = [undefined] } of targets) {
    for (const key of keys)
      for (const routing of shards) yield { action: 'delete', index, id: documentIdOf(model, key), version, routing };
  }
}

/** A document that this process cannot build. */
export function refusal(id: string, targets: readonly WriteTarget[], error: unknown): RetryableFailure {
  const type =
    error instanceof SearchDocumentError || error instanceof SearchHookError ? error.code : 'document_failed';
  const reason = error instanceof Error ? error.message : String(error);
  return { id, index: targets[0]?.index ?? '', status: 0, type, reason, retryable: false };
}
