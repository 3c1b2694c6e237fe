import type { CallOptions, DocumentPlace, SearchEngine } from '../contracts/engine.js';
import { documentIdOf, type DocumentKey } from '../document/document-builder.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { EntityReader } from '../rows/entity-reader.js';
import { readAhead } from '../support/read-ahead.js';
import type { DriftedDocument } from './drift.js';
import { IdFingerprint, type IdDifferences } from './id-fingerprint.js';
import { orphansAmong } from './orphans.js';
import type { Sample } from './sample.js';

/** Ids of one request: they are short. */
const SCAN_SIZE = 5_000;
const SUSPECTS = 1_000;

/** Which documents the index has, without a look at the database. @param count receives how many came */
export async function idsOfDocuments(
  engine: Pick<SearchEngine, 'scanIds'>,
  index: string,
  call: CallOptions,
  count: (documents: number) => void,
): Promise<IdFingerprint> {
  const documents = new IdFingerprint();
  for await (const places of readAhead(engine.scanIds(index, SCAN_SIZE, call))) {
    for (const place of places) documents.add(place);
    count(places.length);
  }
  return documents;
}

/** Which documents there have to be, where the key of a row is enough: none is read whole. */
export async function idsOfRows(
  reader: Pick<EntityReader, 'keyPages'>,
  model: IndexModel,
  sample: Sample<DocumentKey> | undefined,
  count: (rows: number) => void,
): Promise<IdFingerprint> {
  const rows = new IdFingerprint();
  for await (const keys of readAhead(reader.keyPages(model, SCAN_SIZE))) {
    for (const key of keys) {
      rows.add({ id: documentIdOf(model, key) });
      sample?.offer(key);
    }
    count(keys.length);
  }
  return rows;
}

/** Both sides, as they are now. */
export interface Sides {
  readonly engine: Pick<SearchEngine, 'getMany' | 'scanIds'>;
  readonly reader: Pick<EntityReader, 'keyPages' | 'present' | 'byKeys' | 'keyOfId'>;
  readonly index: string;
}

/** Rows without a document, among those whose ids differ. */
export async function* missingIn(
  model: IndexModel,
  { engine, reader, index }: Sides,
  differences: IdDifferences,
  call: CallOptions,
): AsyncGenerator<DriftedDocument> {
  if (differences.size === 0) return;
  const placeOf = (key: DocumentKey): DocumentPlace => ({ id: documentIdOf(model, key) });
  for await (const keys of suspects(reader.keyPages(model, SCAN_SIZE), (key) => differences.has(placeOf(key)))) {
    const found = await engine.getMany(index, keys.map(placeOf), { ...call, source: false });
    yield* keys.filter((_, at) => found[at] === undefined).map((key) => ({ key, drift: 'missing' as const }));
  }
}

/** Documents without a row, or on another shard than they belong, among those whose ids differ. */
export async function* orphansIn(
  model: IndexModel,
  { engine, reader, index }: Sides,
  differences: IdDifferences,
  call: CallOptions,
): AsyncGenerator<DriftedDocument> {
  if (differences.size === 0) return;
  for await (const places of suspects(engine.scanIds(index, SCAN_SIZE, call), (place) => differences.has(place)))
    yield* await orphansAmong(model, reader, places);
}

/** Those of pages that may differ, in pages again. */
async function* suspects<V>(pages: AsyncIterable<readonly V[]>, may: (value: V) => boolean): AsyncGenerator<V[]> {
  let found: V[] = [];
  for await (const page of readAhead(pages))
    for (const value of page)
      if (may(value) && found.push(value) === SUSPECTS) {
        yield found;
        found = [];
      }
  if (found.length > 0) yield found;
}

/** Both at once; what fails first is thrown once both have ended. */
export async function together<A, B>(works: readonly [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
