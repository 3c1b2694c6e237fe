import type { BulkOperation, SearchEngine } from '../contracts/engine.js';
import type { VersionClock } from '../contracts/version-clock.js';
import { documentIdOf } from '../document/document-builder.js';
import { SearchOptionError } from '../errors/model.errors.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { WriteTarget } from './index-targets.js';
import type { DocumentOperation } from './repository-calls.js';

/** Operations that share a version, and of which the last on each document counts. */
const WINDOW = 1_000;

type Target = Pick<WriteTarget, 'index' | 'fit'>;

/** What operations are to become. */
export interface OperationParts {
  readonly model: Pick<IndexModel, 'identity' | 'routing'>;
  readonly targets: () => Promise<readonly Target[]>;
  readonly clock: VersionClock;
  readonly engine: Pick<SearchEngine, 'shardRoutings'>;
}

/**
 * Gives versions to operations. A later window has a higher one, so that its writes win, in whatever order requests
 * arrive. Targets are read anew for each window, before its version, so that an index that a migration adds misses none.
 *
 * @throws SearchOptionError for a write to a routed index that does not say its routing.
 */
export async function* versioned<T>(operations: Iterable<DocumentOperation<T>> | AsyncIterable<DocumentOperation<T>>, parts: OperationParts): AsyncGenerator<BulkOperation> {
  let window = new Map<string, DocumentOperation<T>>();
  for await (const operation of operations) {
    window.set(documentIdOf(parts.model, operation.id), operation);
    if (window.size < WINDOW) continue;
    yield* wired(window, parts);
    window = new Map();
  }
  if (window.size > 0) yield* wired(window, parts);
}

async function* wired<T>(window: ReadonlyMap<string, DocumentOperation<T>>, { model, targets, clock, engine }: OperationParts): AsyncGenerator<BulkOperation> {
  const found = await targets();
  const anywhere = model.routing !== undefined && [...window.values()].some(({ action, routing }) => action === 'delete' && routing === undefined);
  const shards = await Promise.all(found.map(({ index }) => (anywhere ? engine.shardRoutings(index) : Promise.resolve([undefined]))));
  const version = await clock.next();
  for (const [at, { index, fit = asItIs }] of found.entries()) {
    for (const [id, operation] of window) {
      const { routing } = operation;
      if (operation.action === 'delete') {
        for (const shard of routing === undefined ? shards[at]! : [routing]) yield { action: 'delete', index, id, version, routing: shard };
      } else {
        if (model.routing && routing === undefined) throw new SearchOptionError('bulk: routing', `is needed: the index is routed by ${model.routing.label}`, routing);
        yield { action: 'index', index, id, version, routing, source: JSON.stringify(fit(operation.document)) };
      }
    }
  }
}

const asItIs = (document: object): object => document;
