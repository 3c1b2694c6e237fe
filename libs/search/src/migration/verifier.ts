import { isDeepStrictEqual } from 'node:util';
import type { CallOptions, DocumentPlace, SearchEngine } from '../contracts/engine.js';
import { buildDocument, documentIdOf, keyOf, routingOf } from '../document/document-builder.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
import { pagesInOrder } from '../rows/pages-in-order.js';
import { readAhead } from '../support/read-ahead.js';

/** A document that is not what the database says. */
export interface DriftedDocument {
  readonly key: PrimaryKey;
  /** `missing`: a row without document. `orphaned`: a document without row, or on the wrong shard. `outdated`: the content differs. */
  readonly drift: 'missing' | 'orphaned' | 'outdated';
}

type StoredDocuments = Awaited<ReturnType<SearchEngine['getMany']>>;

interface ComparedPage {
  readonly entities: readonly object[];
  readonly documents: StoredDocuments;
}

const PAGE_SIZE = 1_000;

/** Compares an index with the database, page by page: memory does not grow with the index. */
export class Verifier {
  constructor(
    private readonly engine: Pick<SearchEngine, 'getMany' | 'scanIds' | 'shardRoutings'>,
    private readonly reader: Pick<EntityReader, 'pageAfter' | 'byKeys' | 'present' | 'keyOfId'>,
  ) {}

  /** @param index alias or name of the index to look at @param onProgress rows and documents looked at so far */
  async *drift(
    definition: IndexDefinition,
    index: string,
    options: CallOptions & { onProgress?: (done: number) => void } = {},
  ): AsyncGenerator<DriftedDocument> {
    let done = 0;
    const { model } = definition;
    for await (const { entities, documents } of readAhead(this.withDocuments(definition, index, options))) {
      yield* compare(definition, entities, documents);
      options.onProgress?.((done += entities.length));
    }
    for await (const places of readAhead(this.engine.scanIds(index, PAGE_SIZE, options))) {
      const keys = places.map(({ id }) => this.reader.keyOfId(model, id));
      const orphaned = await this.orphans(definition, keys);
      yield* keys.filter((_, at) => orphaned(places[at]!)).map((key): DriftedDocument => ({ key, drift: 'orphaned' }));
      options.onProgress?.((done += places.length));
    }
  }

  private async *withDocuments(
    definition: IndexDefinition,
    index: string,
    options: CallOptions,
  ): AsyncGenerator<ComparedPage> {
    const read = async (after: PrimaryKey | undefined) => ({
      entities: await this.reader.pageAfter(definition.model, after, PAGE_SIZE),
    });
    for await (const { entities } of readAhead(pagesInOrder(definition.model, PAGE_SIZE, read))) {
      yield { entities, documents: await this.documentsOf(definition, index, entities, options) };
    }
  }

  private async orphans(
    { model }: IndexDefinition,
    keys: readonly PrimaryKey[],
  ): Promise<(place: DocumentPlace) => boolean> {
    if (!model.routing) {
      const present = new Set((await this.reader.present(model, keys)).map((key) => documentIdOf(model, key)));
      return ({ id }) => !present.has(id);
    }
    const rows = new Map(
      (await this.reader.byKeys(model, keys)).map((row) => [documentIdOf(model, keyOf(model, row)), row]),
    );
    return ({ id, routing }) => !rows.has(id) || routingOf(model, rows.get(id)!) !== routing;
  }

  /** Of these keys, those that are still not what the database says. */
  async recheck(
    definition: IndexDefinition,
    index: string,
    keys: readonly PrimaryKey[],
    options: CallOptions = {},
  ): Promise<DriftedDocument[]> {
    const drifted: DriftedDocument[] = [];
    for (let at = 0; at < keys.length; at += PAGE_SIZE) {
      const page = keys.slice(at, at + PAGE_SIZE);
      const rows = await this.reader.byKeys(definition.model, page);
      drifted.push(...compare(definition, rows, await this.documentsOf(definition, index, rows, options)));
      const { model } = definition;
      const present = new Set(rows.map((row) => String(keyOf(model, row))));
      const gone = page.filter((key) => !present.has(String(key)));
      const shards = model.routing ? await this.engine.shardRoutings(index, options) : [undefined];
      const places = gone.flatMap((key) =>
        shards.map((routing): DocumentPlace => ({ id: documentIdOf(model, key), routing })),
      );
      const left = new Set((await this.engine.getMany(index, places, options)).map((document) => document?.id));
      drifted.push(
        ...gone
          .filter((key) => left.has(documentIdOf(model, key)))
          .map((key): DriftedDocument => ({ key, drift: 'orphaned' })),
      );
    }
    return drifted;
  }

  private documentsOf(
    { model }: IndexDefinition,
    index: string,
    entities: readonly object[],
    options: CallOptions,
  ): Promise<StoredDocuments> {
    const places = entities.map((entity) => ({
      id: documentIdOf(model, keyOf(model, entity)),
      routing: routingOf(model, entity),
    }));
    return this.engine.getMany(index, places, options);
  }
}

function* compare(
  { model }: IndexDefinition,
  entities: readonly object[],
  documents: StoredDocuments,
): Generator<DriftedDocument> {
  const byId = new Map(documents.map((document) => [document?.id, document]));
  for (const entity of entities) {
    const key = keyOf(model, entity);
    const document = byId.get(documentIdOf(model, key));
    if (!document) yield { key, drift: 'missing' };
    // An index without `_source` can be compared by ids alone.
    else if (document.source !== undefined && !alike(document.source, buildDocument(model, entity)))
      yield { key, drift: 'outdated' };
  }
}

/** Mostly the same text; else the order of names may differ. */
function alike(stored: unknown, built: object): boolean {
  const text = JSON.stringify(built);
  return JSON.stringify(stored) === text || isDeepStrictEqual(stored, JSON.parse(text));
}
