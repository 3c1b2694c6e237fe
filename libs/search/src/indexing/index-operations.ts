import type { BulkOperation } from '../contracts/engine.js';
import type { DesiredDocument } from '../document/desired-document.js';
import { SearchKeyError } from '../errors/key.errors.js';
import { SearchDocumentError, SearchHookError } from '../errors/query.errors.js';
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

/** Brings each target to what is desired; a document that cannot be built is noted instead. */
export function* indexOperations(
  documents: Iterable<DesiredDocument>,
  { targets, version, sweepVersion, refused }: Batch,
): Generator<BulkOperation> {
  for (const desired of documents) {
    if (desired.state === 'invalid') refused.push(refusal(desired.id, targets, desired.error));
    else if (desired.state === 'absent') yield* deletesOf(desired.id, { targets, version });
    else {
      try {
        yield* writesOf(desired, { targets, version, sweepVersion });
      } catch (error) {
        refused.push(refusal(desired.id, targets, error));
      }
    }
  }
}

function* writesOf(
  { id, routing, source: document }: Extract<DesiredDocument, { state: 'present' }>,
  { targets, version, sweepVersion }: Omit<Batch, 'refused'>,
): Generator<BulkOperation> {
  const source = JSON.stringify(document);
  for (const { index, fit, shards = [] } of targets) {
    yield { action: 'index', index, version, id, routing, source: fit ? JSON.stringify(fit(document)) : source };
    // Each shard may hold an older state of a document that has moved. On its own shard the write has the higher version.
    if (sweepVersion !== undefined && shards.length > 1)
      for (const shard of shards) yield { action: 'delete', index, id, version: sweepVersion, routing: shard };
  }
}

/** Wherever the document is. */
function* deletesOf(id: string, { targets, version }: Pick<Batch, 'targets' | 'version'>): Generator<BulkOperation> {
  for (const { index, shards = [undefined] } of targets)
    for (const routing of shards) yield { action: 'delete', index, id, version, routing };
}

/** A document that this process cannot build. */
function refusal(id: string, targets: readonly WriteTarget[], error: unknown): RetryableFailure {
  const type =
    error instanceof SearchDocumentError || error instanceof SearchHookError || error instanceof SearchKeyError
      ? error.code
      : 'document_failed';
  const reason = error instanceof Error ? error.message : String(error);
  return { id, index: targets[0]?.index ?? '', status: 0, type, reason, retryable: false };
}
