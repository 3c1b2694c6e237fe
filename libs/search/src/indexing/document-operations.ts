import type { BulkOperation, SearchEngine } from '../contracts/engine.js';
import type { VersionClock } from '../contracts/version-clock.js';
import { documentIdOf } from '../document/document-builder.js';
import { SearchOptionError } from '../errors/option-error.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { DocumentOf } from '../query/document-type.js';
import type { PrimaryKey } from '../rows/entity-reader.js';
import type { WriteTarget } from './index-targets.js';

/** A write of a document that is built by hand. `routing`: needed to index where the index is routed; a delete without it is for all shards. */
export type DocumentOperation<T> =
  | Readonly<{ action: 'index'; id: PrimaryKey; document: Partial<DocumentOf<T>>; routing?: string | undefined }>
  | Readonly<{ action: 'delete'; id: PrimaryKey; routing?: string | undefined }>;

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
export async function* versioned<T>(
  operations: Iterable<DocumentOperation<T>> | AsyncIterable<DocumentOperation<T>>,
  parts: OperationParts,
): AsyncGenerator<readonly BulkOperation[]> {
  for await (const window of windowsOf(operations))
    yield wired(
      new Map(window.map((operation) => [documentIdOf(parts.model, operation.id), operation])),
      await begin(window, parts),
      parts,
    );
}

/** An iterable that is not async is not awaited for each of its values. */
async function* windowsOf<V>(values: Iterable<V> | AsyncIterable<V>): AsyncGenerator<readonly V[]> {
  let window: V[] = [];
  const full = (value: V): boolean => window.push(value) >= WINDOW;
  const next = (): readonly V[] => [window, (window = [])][0]!;
  if (Symbol.iterator in values) {
    for (const value of values) if (full(value)) yield next();
  } else {
    for await (const value of values) if (full(value)) yield next();
  }
  if (window.length > 0) yield window;
}

/** What the writes of a window share. */
interface Window {
  readonly targets: readonly (Target & { readonly shards: readonly (string | undefined)[] })[];
  readonly version: number;
}

async function begin<T>(
  window: readonly DocumentOperation<T>[],
  { model, targets, clock, engine }: OperationParts,
): Promise<Window> {
  const anywhere =
    model.routing !== undefined && window.some(({ action, routing }) => action === 'delete' && routing === undefined);
  const found = await targets();
  const shardsOf = (index: string): Promise<readonly (string | undefined)[]> =>
    anywhere ? engine.shardRoutings(index) : Promise.resolve([undefined]);
  const reached = await Promise.all(found.map(async (target) => ({ ...target, shards: await shardsOf(target.index) })));
  return { targets: reached, version: await clock.next() };
}

function wired<T>(
  window: ReadonlyMap<string, DocumentOperation<T>>,
  { targets, version }: Window,
  { model }: OperationParts,
): BulkOperation[] {
  const wire: BulkOperation[] = [];
  for (const { index, fit, shards } of targets) {
    for (const [id, operation] of window) {
      const { routing } = operation;
      if (operation.action === 'delete') {
        for (const shard of routing === undefined ? shards : [routing])
          wire.push({ action: 'delete', index, id, version, routing: shard });
      } else {
        if (model.routing && routing === undefined)
          throw new SearchOptionError([
            {
              option: 'bulk.routing',
              requirement: `is needed: the index is routed by ${model.routing.label}`,
              received: routing,
            },
          ]);
        wire.push({
          action: 'index',
          index,
          id,
          version,
          routing,
          source: JSON.stringify(fit ? fit(operation.document) : operation.document),
        });
      }
    }
  }
  return wire;
}
