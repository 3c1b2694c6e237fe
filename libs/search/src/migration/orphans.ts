import type { CallOptions, DocumentPlace, SearchEngine } from '../contracts/engine.js';
import { documentIdOf, type DocumentKey } from '../document/document-builder.js';
import { dependsOnRow, desiredDocuments, type DesiredDocument } from '../document/desired-document.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { Wire } from '../query/wire-value.js';
import { streamHits } from '../repository/hit-stream.js';
import type { EntityReader } from '../rows/entity-reader.js';
import type { DriftedDocument } from './drift.js';

/** A page of documents that were looked at. */
export type FoundOrphans = Readonly<{ documents: number; orphaned: readonly DriftedDocument[] }>;

type Reader = Pick<EntityReader, 'present' | 'byKeys' | 'keyOfId'>;

/** Of documents that an index has, those whose row is gone, or belongs on another shard. */
export async function orphansAmong(
  model: IndexModel,
  reader: Reader,
  places: readonly DocumentPlace[],
): Promise<DriftedDocument[]> {
  const keys = places.map(({ id }) => reader.keyOfId(model, id));
  const isOrphan = dependsOnRow(model) ? await misplaced(model, reader, keys) : await rowless(model, reader, keys);
  return keys.filter((_, at) => isOrphan(places[at]!)).map((key) => ({ key, drift: 'orphaned' }));
}

type IsOrphan = (place: DocumentPlace) => boolean;

async function rowless(model: IndexModel, reader: Reader, keys: readonly DocumentKey[]): Promise<IsOrphan> {
  const present = new Set((await reader.present(model, keys)).map((key) => documentIdOf(model, key)));
  return ({ id }) => !present.has(id);
}

async function misplaced(model: IndexModel, reader: Reader, keys: readonly DocumentKey[]): Promise<IsOrphan> {
  const desired = [...desiredDocuments(model, await reader.byKeys(model, keys))];
  const byId = new Map(desired.map((document) => [document.id, document]));
  return ({ id, routing }) => {
    const found = byId.get(id);
    if (!found || found.state === 'absent') return true;
    // Where the document of an unreadable row belongs cannot be found out.
    return found.state === 'invalid' && found.routing === undefined ? false : found.routing !== routing;
  };
}

/** Of rows that were read, documents that are to be absent, or lie on a shard where they do not belong. */
export async function orphansOf(
  model: IndexModel,
  engine: Pick<SearchEngine, 'getMany' | 'shardRoutings'>,
  index: string,
  desired: readonly DesiredDocument[],
  options: CallOptions,
): Promise<DriftedDocument[]> {
  const judged = desired.filter((one) => one.state !== 'invalid' && (one.state === 'absent' || model.routing));
  if (judged.length === 0) return [];
  const shards = model.routing ? await engine.shardRoutings(index, options) : [undefined];
  const places = judged.flatMap(({ id }) => shards.map((routing): DocumentPlace => ({ id, routing })));
  const found = await engine.getMany(index, places, { ...options, source: false });
  const byId = new Map(judged.map((one) => [one.id, one]));
  const orphaned = found.filter((document) => {
    const one = document && byId.get(document.id);
    return one && !(one.state === 'present' && one.routing === document.routing);
  });
  return [...new Set(orphaned.map((document) => byId.get(document!.id)!.key))].map((key) => ({
    key,
    drift: 'orphaned',
  }));
}

/** A model whose rows are all read, whether they are to have a document or not. */
export function everyRowOf(model: IndexModel): IndexModel {
  return { ...model, condition: undefined };
}

/** Of documents that a query finds, those whose row is gone altogether. */
export async function* orphansFound(
  model: IndexModel,
  engine: Parameters<typeof streamHits>[0],
  reader: Reader,
  { index, query, pageSize }: Readonly<{ index: string; query: Wire; pageSize: number }>,
  options: CallOptions,
): AsyncGenerator<FoundOrphans> {
  let keys: DocumentKey[] = [];
  const judge = async () => {
    // A row without document is a row: it may be of another scope.
    const isOrphan = await rowless(everyRowOf(model), reader, keys);
    const orphaned = keys.filter((key) => isOrphan({ id: documentIdOf(model, key) }));
    const page = {
      documents: keys.length,
      orphaned: orphaned.map((key): DriftedDocument => ({ key, drift: 'orphaned' })),
    };
    keys = [];
    return page;
  };
  for await (const { _id } of streamHits(engine, index, { query, _source: false }, {}, { ...options, size: pageSize }))
    if (keys.push(reader.keyOfId(model, _id)) === pageSize) yield await judge();
  if (keys.length > 0) yield await judge();
}
