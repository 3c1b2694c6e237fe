import { isDeepStrictEqual } from 'node:util';
import type { EngineDocument } from '../contracts/engine.js';
import type { DesiredDocument } from '../document/desired-document.js';
import type { PrimaryKey } from '../rows/entity-reader.js';

/** A document that differs from its row in the database. */
export interface DriftedDocument {
  readonly key: PrimaryKey;
  /**
   * `missing`: a row without document. `orphaned`: a document without row, or on the wrong shard. `outdated`: the content
   * differs. `unbuildable`: a row that cannot be read, or made into a document; what the index has of it stays.
   */
  readonly drift: 'missing' | 'orphaned' | 'outdated' | 'unbuildable';
  /** What came in the way of an `unbuildable` one. */
  readonly reason?: string;
}

/** What the engine has of some ids; `source` is absent where ids alone are compared. */
export type StoredDocuments = readonly (EngineDocument | undefined)[];

/** A document of the database's side that is to be in the index. */
export type Expected = Extract<DesiredDocument, { state: 'present' }>;

export function isExpected(desired: DesiredDocument): desired is Expected {
  return desired.state === 'present';
}

export function unbuildableOf(desired: readonly DesiredDocument[]): DriftedDocument[] {
  return desired.flatMap((one): DriftedDocument[] => {
    if (one.state !== 'invalid') return [];
    const reason = one.error instanceof Error ? one.error.message : String(one.error);
    return [{ key: one.key, drift: 'unbuildable', reason }];
  });
}

export function* compare(expected: readonly Expected[], documents: StoredDocuments): Generator<DriftedDocument> {
  const byId = new Map(documents.map((document) => [document?.id, document]));
  for (const { key, id, source } of expected) {
    const stored = byId.get(id);
    if (!stored) yield { key, drift: 'missing' };
    // An index without `_source` can be compared by ids alone.
    else if (stored.source !== undefined && !alike(stored.source, source)) yield { key, drift: 'outdated' };
  }
}

/** Mostly the same text; else the order of names may differ. */
function alike(stored: unknown, built: object): boolean {
  const text = JSON.stringify(built);
  return JSON.stringify(stored) === text || isDeepStrictEqual(stored, JSON.parse(text));
}
