import type { EngineDocument } from '../../contracts/engine.js';
import { parseJson } from '../../support/json.js';
import type { IndexedDocument } from './indexed-document.js';

/** A document that is there. */
export interface StoredDocument {
  readonly index: string;
  readonly id: string;
  readonly routing: string | undefined;
  readonly shard: number;
  readonly version: number;
  readonly seqNo: number;
  /** As JSON text: nobody changes it by what was read. */
  readonly source: string;
  readonly indexed: IndexedDocument;
}

/** What is left of a document that was deleted. */
export interface Tombstone {
  readonly version: number;
}

export const PRIMARY_TERM = 1;

export function documentOf({ id, routing, version, seqNo, source }: StoredDocument): EngineDocument {
  return {
    id,
    ...(routing === undefined ? {} : { routing }),
    version,
    seqNo,
    primaryTerm: PRIMARY_TERM,
    source: parseJson(source),
  };
}
