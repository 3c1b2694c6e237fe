import type { ConditionalOperation, IfUnchanged, SearchEngine, VersionedOperation } from '../contracts/engine.js';
import type { VersionClock } from '../contracts/version-clock.js';
import { documentIdOf } from '../document/document-builder.js';
import { updateBody } from '../document/update-body.js';
import { SearchOptionError } from '../errors/option-error.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { DocumentOf } from '../query/document-type.js';
import type { PrimaryKey } from '../rows/entity-reader.js';
import { wireChange, type DocumentChange } from './document-change.js';
import type { WriteTarget } from './index-targets.js';

export type Placed<A extends string> = Readonly<{ action: A; id: PrimaryKey; routing?: string | undefined }>;

/** Both as `get()` returns them: a document that has changed since is left alone and reported. */
export type Unchanged = Partial<IfUnchanged>;

/**
 * A write of a document that is built by hand. `routing`: needed where the index is routed; a delete without it is for
 * all shards.
 *
 * - `index` writes the whole document, in place of one that is there;
 * - `create` writes it where there is none, and reports that there is one;
 * - `update` changes some fields of it, or what a script makes of it; `upsert` is written where there is none;
 * - `delete` removes it, and is content where there is none.
 */
export type DocumentOperation<T> =
  | (Placed<'index'> & Unchanged & Readonly<{ document: Partial<DocumentOf<T>> }>)
  | (Placed<'create'> & Readonly<{ document: Partial<DocumentOf<T>> }>)
  | (Placed<'update'> & Unchanged & DocumentChange<T> & Readonly<{ retryOnConflict?: number }>)
  | (Placed<'delete'> & Unchanged);

/** A write that is repeated without harm: of several on one document the last counts. */
export type PlainOperation<T> = Extract<DocumentOperation<T>, { action: 'index' | 'delete' }>;

type Target = Pick<WriteTarget, 'index' | 'fit'>;

/** What operations are to become. */
export interface OperationParts {
  readonly model: Pick<IndexModel, 'identity' | 'routing' | 'entity'>;
  readonly targets: () => Promise<readonly Target[]>;
  readonly clock: VersionClock;
  readonly engine: Pick<SearchEngine, 'shardRoutings'>;
}

export function isPlain<T>(operation: DocumentOperation<T>): operation is PlainOperation<T> {
  return (operation.action === 'index' || operation.action === 'delete') && operation.ifSeqNo === undefined;
}

/** Operations that share a version, and of which the last on each document counts. */
const WINDOW = 1_000;

/** An iterable that is not async is not awaited for each of its values. */
export async function* windowsOf<V>(
  values: Iterable<V> | AsyncIterable<V>,
): AsyncGenerator<readonly V[], void, undefined> {
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

/** Gives versions to operations, window by window. */
export function versioned<T>(
  operations: Iterable<PlainOperation<T>> | AsyncIterable<PlainOperation<T>>,
  parts: OperationParts,
): AsyncGenerator<readonly VersionedOperation[]> {
  return versionedWindows(windowsOf(operations), parts);
}

/**
 * Gives versions to the operations of each window. A later window has a higher one, so that its writes win, in whatever
 * order requests arrive. Targets are read anew for each window, before its version, so that an index that a migration
 * adds misses none.
 */
export async function* versionedWindows<T>(
  windows: Iterable<readonly PlainOperation<T>[]> | AsyncIterable<readonly PlainOperation<T>[]>,
  parts: OperationParts,
): AsyncGenerator<readonly VersionedOperation[]> {
  for await (const window of windows)
    yield wired(
      new Map(window.map((operation) => [documentIdOf(parts.model, operation.id), operation])),
      await begin(window, parts),
    );
}

/** What the writes of a window share. */
interface Window {
  readonly targets: readonly (Target & { readonly shards: readonly (string | undefined)[] })[];
  readonly version: number;
}

async function begin<T>(
  window: readonly PlainOperation<T>[],
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

function wired<T>(window: ReadonlyMap<string, PlainOperation<T>>, { targets, version }: Window): VersionedOperation[] {
  const wire: VersionedOperation[] = [];
  for (const { index, fit, shards } of targets) {
    for (const [id, operation] of window) {
      const { routing } = operation;
      if (operation.action === 'index') {
        const source = JSON.stringify(fit ? fit(operation.document) : operation.document);
        wire.push({ action: 'index', index, id, version, routing, source });
      } else {
        for (const shard of routing === undefined ? shards : [routing])
          wire.push({ action: 'delete', index, id, version, routing: shard });
      }
    }
  }
  return wire;
}

/** An operation whose outcome depends on what is there, for the one index that there is. */
export function conditional<T>(
  operation: DocumentOperation<T>,
  { model }: Pick<OperationParts, 'model'>,
  index: string,
): ConditionalOperation {
  const place = { index, id: documentIdOf(model, operation.id), routing: operation.routing };
  const when = (given: Unchanged): Unchanged =>
    given.ifSeqNo === undefined ? {} : { ifSeqNo: given.ifSeqNo, ifPrimaryTerm: given.ifPrimaryTerm! };
  switch (operation.action) {
    case 'create':
      return { action: 'create', ...place, source: JSON.stringify(operation.document) };
    case 'update': {
      const retries = operation.ifSeqNo === undefined ? { retryOnConflict: operation.retryOnConflict ?? 3 } : {};
      const source = JSON.stringify(updateBody(wireChange(operation)));
      return { action: 'update', ...place, ...when(operation), ...retries, source };
    }
    case 'index':
      return {
        action: 'index',
        ...place,
        ...(when(operation) as IfUnchanged),
        source: JSON.stringify(operation.document),
      };
    case 'delete':
      return { action: 'delete', ...place, ...(when(operation) as IfUnchanged) };
  }
}

/** @throws SearchOptionError for a write to a routed index without its routing. */
export function assertRouted<T>(
  operation: DocumentOperation<T>,
  model: Pick<IndexModel, 'routing'>,
  path: string,
): void {
  if (!model.routing || operation.routing !== undefined) return;
  if (operation.action === 'delete' && isPlain(operation)) return;
  throw new SearchOptionError([
    {
      option: `${path}.routing`,
      requirement: `is needed: the index is routed by ${model.routing.label}`,
      received: operation.routing,
    },
  ]);
}
