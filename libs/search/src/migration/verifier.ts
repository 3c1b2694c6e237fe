import { isDeepStrictEqual } from 'node:util';
import type { CallOptions, SearchEngine } from '../contracts/engine.js';
import { buildDocument, documentIdOf } from '../document/document-builder.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { keyOf, type EntityReader, type PrimaryKey } from '../repository/entity-reader.js';

/** A document that is not what the database says. */
export interface DriftedDocument {
  readonly key: PrimaryKey;
  /** `missing`: a row without document. `orphaned`: a document without row. `outdated`: the content differs. */
  readonly drift: 'missing' | 'orphaned' | 'outdated';
}

const PAGE_SIZE = 500;

/** Compares an index with the database, page by page: memory does not grow with the index. */
export class Verifier {
  constructor(
    private readonly engine: Pick<SearchEngine, 'getMany' | 'scanIds'>,
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
    for await (const ids of this.engine.scanIds(index, PAGE_SIZE, options)) {
      const keys = ids.map((id) => this.reader.keyOfId(definition.model, id));
      const rows = await this.reader.byKeys(definition.model, keys);
      const present = new Set(rows.map((row) => documentIdOf(keyOf(definition.model, row))));
      yield* keys.filter((key) => !present.has(documentIdOf(key))).map((key): DriftedDocument => ({ key, drift: 'orphaned' }));
      options.onProgress?.((done += ids.length));
    }
  }

  /** Of these keys, those that are still not what the database says. */
  async recheck(definition: IndexDefinition, index: string, keys: readonly PrimaryKey[], options: CallOptions = {}): Promise<DriftedDocument[]> {
    const drifted: DriftedDocument[] = [];
    for (let at = 0; at < keys.length; at += PAGE_SIZE) {
      const page = keys.slice(at, at + PAGE_SIZE);
      const rows = await this.reader.byKeys(definition.model, page);
      drifted.push(...(await collect(this.compare(definition, index, rows, options))));
      const present = new Set(rows.map((row) => documentIdOf(keyOf(definition.model, row))));
      const gone = page.filter((key) => !present.has(documentIdOf(key)));
      const documents = await this.engine.getMany(index, gone.map(documentIdOf), options);
      const left = new Set(documents.map((document) => document?.id));
      drifted.push(...gone.filter((key) => left.has(documentIdOf(key))).map((key): DriftedDocument => ({ key, drift: 'orphaned' })));
    }
    return drifted;
  }

  private async *compare({ model }: IndexDefinition, index: string, entities: readonly object[], options: CallOptions): AsyncGenerator<DriftedDocument> {
    const documents = await this.engine.getMany(index, entities.map((entity) => documentIdOf(keyOf(model, entity))), options);
    const byId = new Map(documents.map((document) => [document?.id, document]));
    for (const entity of entities) {
      const key = keyOf(model, entity);
      const document = byId.get(documentIdOf(key));
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
