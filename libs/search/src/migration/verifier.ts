import { isDeepStrictEqual } from 'node:util';
import type { CallOptions, DocumentPlace, SearchEngine } from '../contracts/engine.js';
import { buildDocument, documentIdOf, keyOf, routingOf } from '../document/document-builder.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { EntityReader, PrimaryKey } from '../repository/entity-reader.js';

/** A document that is not what the database says. */
export interface DriftedDocument {
  readonly key: PrimaryKey;
  /** `missing`: a row without document. `orphaned`: a document without row, or on the wrong shard. `outdated`: the content differs. */
  readonly drift: 'missing' | 'orphaned' | 'outdated';
}

const PAGE_SIZE = 500;

/** Compares an index with the database, page by page: memory does not grow with the index. */
export class Verifier {
  constructor(
    private readonly engine: Pick<SearchEngine, 'getMany' | 'scanIds' | 'shardRoutings'>,
    private readonly reader: Pick<EntityReader, 'pageAfter' | 'byKeys' | 'keyOfId'>,
  ) {}

  /** @param index alias or name of the index to look at @param onProgress rows and documents looked at so far */
  async *drift(definition: IndexDefinition, index: string, options: CallOptions & { onProgress?: (done: number) => void } = {}): AsyncGenerator<DriftedDocument> {
    let done = 0;
    let after: PrimaryKey | undefined;
    for (let size = PAGE_SIZE; size === PAGE_SIZE; ) {
      const entities = await this.reader.pageAfter(definition.model, after, PAGE_SIZE);
      yield* this.compare(definition, index, entities, options);
      size = entities.length;
      if (size > 0) after = keyOf(definition.model, entities.at(-1)!);
      options.onProgress?.((done += size));
    }
    const { model } = definition;
    for await (const places of this.engine.scanIds(index, PAGE_SIZE, options)) {
      const keys = places.map(({ id }) => this.reader.keyOfId(model, id));
      const rows = new Map((await this.reader.byKeys(model, keys)).map((row) => [documentIdOf(model, keyOf(model, row)), row]));
      const orphaned = ({ id, routing }: DocumentPlace): boolean => !rows.has(id) || routingOf(model, rows.get(id)!) !== routing;
      yield* keys.filter((_, at) => orphaned(places[at]!)).map((key): DriftedDocument => ({ key, drift: 'orphaned' }));
      options.onProgress?.((done += places.length));
    }
  }

  /** Of these keys, those that are still not what the database says. */
  async recheck(definition: IndexDefinition, index: string, keys: readonly PrimaryKey[], options: CallOptions = {}): Promise<DriftedDocument[]> {
    const drifted: DriftedDocument[] = [];
    for (let at = 0; at < keys.length; at += PAGE_SIZE) {
      const page = keys.slice(at, at + PAGE_SIZE);
      const rows = await this.reader.byKeys(definition.model, page);
      drifted.push(...(await collect(this.compare(definition, index, rows, options))));
      const { model } = definition;
      const present = new Set(rows.map((row) => String(keyOf(model, row))));
      const gone = page.filter((key) => !present.has(String(key)));
      const shards = model.routing ? await this.engine.shardRoutings(index, options) : [undefined];
      const places = gone.flatMap((key) => shards.map((routing): DocumentPlace => ({ id: documentIdOf(model, key), routing })));
      const left = new Set((await this.engine.getMany(index, places, options)).map((document) => document?.id));
      drifted.push(...gone.filter((key) => left.has(documentIdOf(model, key))).map((key): DriftedDocument => ({ key, drift: 'orphaned' })));
    }
    return drifted;
  }

  private async *compare({ model }: IndexDefinition, index: string, entities: readonly object[], options: CallOptions): AsyncGenerator<DriftedDocument> {
    const documents = await this.engine.getMany(index, entities.map((entity) => ({ id: documentIdOf(model, keyOf(model, entity)), routing: routingOf(model, entity) })), options);
    const byId = new Map(documents.map((document) => [document?.id, document]));
    for (const entity of entities) {
      const key = keyOf(model, entity);
      const document = byId.get(documentIdOf(model, key));
      if (!document) yield { key, drift: 'missing' };
      else if (!isDeepStrictEqual(document.source, asJson(buildDocument(model, entity)))) yield { key, drift: 'outdated' };
    }
  }
}

function asJson(document: object): unknown {
  return JSON.parse(JSON.stringify(document));
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}
