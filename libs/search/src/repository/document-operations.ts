import type { BulkOperation } from '../contracts/engine.js';
import type { VersionClock } from '../contracts/version-clock.js';
import { documentIdOf } from '../document/document-builder.js';
import type { WriteTarget } from './index-targets.js';
import type { DocumentOperation } from './repository-calls.js';

/** Operations that share a version, and of which the last on each document counts. */
const WINDOW = 1_000;

type Target = Pick<WriteTarget, 'index' | 'fit'>;

/**
 * Gives versions to operations. A later window has a higher one, so that its writes win, in whatever order requests
 * arrive. Targets are read anew for each window, before its version, so that an index that a migration adds misses none.
 */
export async function* versioned<T>(
  operations: Iterable<DocumentOperation<T>> | AsyncIterable<DocumentOperation<T>>,
  targets: () => Promise<readonly Target[]>,
  clock: VersionClock,
): AsyncGenerator<BulkOperation> {
  let window = new Map<string, DocumentOperation<T>>();
  for await (const operation of operations) {
    window.set(documentIdOf(operation.id), operation);
    if (window.size < WINDOW) continue;
    yield* wired(window, await targets(), await clock.next());
    window = new Map();
  }
  if (window.size > 0) yield* wired(window, await targets(), await clock.next());
}

function* wired<T>(window: ReadonlyMap<string, DocumentOperation<T>>, targets: readonly Target[], version: number): Generator<BulkOperation> {
  for (const { index, fit = asItIs } of targets) {
    for (const [id, operation] of window) {
      if (operation.action === 'delete') yield { action: 'delete', index, id, version };
      else yield { action: 'index', index, id, version, source: JSON.stringify(fit(operation.document)) };
    }
  }
}

const asItIs = (document: object): object => document;
