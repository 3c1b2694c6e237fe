import { isDeepStrictEqual } from 'node:util';
import type { CallOptions, DocumentPlace, SearchEngine } from '../contracts/engine.js';
import { dependsOnRow, desiredDocuments, type DesiredDocument } from '../document/desired-document.js';
import { documentIdOf } from '../document/document-builder.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
import { pagesInOrder } from '../rows/pages-in-order.js';
import { readAhead } from '../support/read-ahead.js';

/** A document that is not what the database says. */
export interface DriftedDocument {
  readonly key: PrimaryKey;
  /** `missing`: a row without document. `orphaned`: a document without row, or on the wrong shard. `outdated`: the content differs. */
  readonly drift: 'missing' | 'orphaned' | 'outdated';
}

export interface VerifyOptions extends CallOptions {
  /** Receives the number of rows and documents compared so far. */
  readonly onProgress?: (done: number) => void;
}

type StoredDocuments = Awaited<ReturnType<SearchEngine['getMany']>>;

/** A document of the database's side that is to be in the index. */
type Expected = Exclude<DesiredDocument, { state: 'absent' }>;

interface ComparedPage {
  readonly rows: number;
  readonly expected: readonly Expected[];
  readonly stored: StoredDocuments;
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
    options: VerifyOptions = {},
  ): AsyncGenerator<DriftedDocument> {
    let done = 0;
    const { model } = definition;
    for await (const { rows, expected, stored } of readAhead(this.withDocuments(definition, index, options))) {
      yield* compare(expected, stored);
      options.onProgress?.((done += rows));
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
      const expected = [...desiredDocuments(definition.model, entities)].filter(isExpected);
      const stored = await this.storedOf(definition, index, expected, options);
      yield { rows: entities.length, expected, stored };
    }
  }

  private async orphans(
    { model }: IndexDefinition,
    keys: readonly PrimaryKey[],
  ): Promise<(place: DocumentPlace) => boolean> {
    if (!dependsOnRow(model)) {
      const present = new Set((await this.reader.present(model, keys)).map((key) => documentIdOf(model, key)));
      return ({ id }) => !present.has(id);
    }
    const desired = [...desiredDocuments(model, await this.reader.byKeys(model, keys))].filter(isExpected);
    const byId = new Map(desired.map((document) => [document.id, document]));
    return ({ id, routing }) => {
      const expected = byId.get(id);
      return !expected || routingIn(model, expected) !== routing;
    };
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
      const { model } = definition;
      const desired = [...desiredDocuments(model, await this.reader.byKeys(model, page), page)];
      const expected = desired.filter(isExpected);
      drifted.push(...compare(expected, await this.storedOf(definition, index, expected, options)));
      const absent = desired.filter(({ state }) => state === 'absent');
      const shards = model.routing ? await this.engine.shardRoutings(index, options) : [undefined];
      const places = absent.flatMap(({ id }) => shards.map((routing): DocumentPlace => ({ id, routing })));
      const left = new Set((await this.engine.getMany(index, places, options)).map((document) => document?.id));
      drifted.push(
        ...absent.filter(({ id }) => left.has(id)).map(({ key }): DriftedDocument => ({ key, drift: 'orphaned' })),
      );
    }
    return drifted;
  }

  private storedOf(
    { model }: IndexDefinition,
    index: string,
    expected: readonly Expected[],
    options: CallOptions,
  ): Promise<StoredDocuments> {
    const places = expected.map((document) => ({ id: document.id, routing: routingIn(model, document) }));
    return this.engine.getMany(index, places, options);
  }
}

function isExpected(desired: DesiredDocument): desired is Expected {
  return desired.state !== 'absent';
}

/** @throws what kept the routing from being known */
function routingIn({ routing }: IndexModel, expected: Expected): string | undefined {
  if (routing && expected.routing === undefined && expected.state === 'invalid') throw expected.error;
  return expected.routing;
}

function* compare(expected: readonly Expected[], documents: StoredDocuments): Generator<DriftedDocument> {
  const byId = new Map(documents.map((document) => [document?.id, document]));
  for (const desired of expected) {
    const { key, id } = desired;
    const stored = byId.get(id);
    if (!stored) yield { key, drift: 'missing' };
    // An index without `_source` can be compared by ids alone.
    else if (stored.source !== undefined) {
      if (desired.state === 'invalid') throw desired.error;
      if (!alike(stored.source, desired.source)) yield { key, drift: 'outdated' };
    }
  }
}

/** Mostly the same text; else the order of names may differ. */
function alike(stored: unknown, built: object): boolean {
  const text = JSON.stringify(built);
  return JSON.stringify(stored) === text || isDeepStrictEqual(stored, JSON.parse(text));
}
