import type { CallOptions, SearchEngine } from '../contracts/engine.js';
import { dependsOnRow, desiredDocuments, type DesiredDocument } from '../document/desired-document.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { Wire } from '../query/wire-value.js';
import type { EntityReader, PrimaryKey, RowScope } from '../rows/entity-reader.js';
import { pagesInOrder } from '../rows/pages-in-order.js';
import { callOptionsOf } from '../support/call-options.js';
import { readAhead } from '../support/read-ahead.js';
import {
  compare,
  isExpected,
  unbuildableOf,
  type DriftedDocument,
  type Expected,
  type StoredDocuments,
} from './drift.js';
import { idsOfDocuments, idsOfRows, missingIn, orphansIn, together } from './id-comparison.js';
import { IdFingerprint } from './id-fingerprint.js';
import { everyRowOf, orphansFound, orphansOf } from './orphans.js';
import { Sample } from './sample.js';

/** What is compared of each document: its content, its id alone, or the content of some. */
export type Comparison = Readonly<{ of: 'contents' | 'ids' }> | Readonly<{ of: 'sample'; documents: number }>;

export interface DriftOptions extends CallOptions {
  /** Contents when absent. */
  readonly comparison?: Comparison;
  /** Only these rows and their documents. A document without row is of no scope. */
  readonly scope?: RowScope | undefined;
  /** Which documents belong to the scope: those of them without any row are orphaned. */
  readonly documents?: Wire | undefined;
  /** Receives the number of rows and documents compared so far. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

interface ComparedPage {
  readonly rows: number;
  readonly drifted: readonly DriftedDocument[];
}

interface OfScope {
  readonly sources: boolean;
  readonly count: (looked: number) => void;
}

const PAGE_SIZE = 1_000;

/** Compares an index with the database, page by page: memory does not grow with the index. */
export class Verifier {
  constructor(
    private readonly engine: Pick<
      SearchEngine,
      'getMany' | 'scanIds' | 'shardRoutings' | 'name' | 'search' | 'openPointInTime' | 'closePointInTime'
    >,
    private readonly reader: Pick<EntityReader, 'pageAfter' | 'keyPages' | 'byKeys' | 'present' | 'keyOfId'>,
    private readonly random: () => number = Math.random,
  ) {}

  /** @param index alias or name of the index to look at */
  async *drift(
    definition: IndexDefinition,
    index: string,
    options: DriftOptions = {},
  ): AsyncGenerator<DriftedDocument> {
    const { comparison = { of: 'contents' }, scope, onProgress } = options;
    const { model } = definition;
    const call = callOptionsOf(options);
    const parts = { engine: this.engine, reader: this.reader };
    let done = 0;
    const count = (looked: number): void => onProgress?.((done += looked));
    const sample = comparison.of === 'sample' ? new Sample<PrimaryKey>(comparison.documents, this.random) : undefined;
    const sources = comparison.of === 'contents';
    if (scope !== undefined) yield* this.ofScope(definition, index, scope, { ...options, sources, count });
    else if (sources || dependsOnRow(model)) {
      const rows = new IdFingerprint();
      for await (const page of readAhead(this.byRow(definition, index, { ...call, sources }, { rows, sample }))) {
        yield* page.drifted;
        count(page.rows);
      }
      const documents = await idsOfDocuments(this.engine, index, call, count);
      yield* orphansIn(model, { ...parts, index }, rows.differences(documents), call);
    } else {
      const [rows, documents] = await together([
        idsOfRows(this.reader, model, sample, count),
        idsOfDocuments(this.engine, index, call, count),
      ]);
      const differences = rows.differences(documents);
      yield* missingIn(model, { ...parts, index }, differences, call);
      yield* orphansIn(model, { ...parts, index }, differences, call);
    }
    // Whether they are there at all was compared before.
    const looked = sample ? await this.recheck(definition, index, sample.taken, call) : [];
    yield* looked.filter(({ drift }) => drift === 'outdated' || drift === 'unbuildable');
  }

  private async *ofScope(
    definition: IndexDefinition,
    index: string,
    scope: RowScope,
    { sources, documents: query, count, ...options }: DriftOptions & OfScope,
  ): AsyncGenerator<DriftedDocument> {
    const call = callOptionsOf(options);
    for await (const page of readAhead(this.inScope(definition, index, scope, { ...call, sources }))) {
      yield* page.drifted;
      count(page.rows);
    }
    if (query === undefined) return;
    const asked = { index, query, pageSize: PAGE_SIZE };
    for await (const page of readAhead(orphansFound(definition.model, this.engine, this.reader, asked, call))) {
      yield* page.orphaned;
      count(page.documents);
    }
  }

  /** Of these keys, those that still differ from the database. */
  async recheck(
    definition: IndexDefinition,
    index: string,
    keys: readonly PrimaryKey[],
    options: CallOptions = {},
  ): Promise<DriftedDocument[]> {
    const { model } = definition;
    const drifted: DriftedDocument[] = [];
    for (let at = 0; at < keys.length; at += PAGE_SIZE) {
      const page = keys.slice(at, at + PAGE_SIZE);
      const desired = [...desiredDocuments(model, await this.reader.byKeys(model, page), page)];
      drifted.push(...(await this.comparedTo(index, desired, options)), ...unbuildableOf(desired));
      const absent = desired.filter(({ state }) => state === 'absent');
      drifted.push(...(await orphansOf(model, this.engine, index, absent, options)));
    }
    return drifted;
  }

  private async *byRow(
    definition: IndexDefinition,
    index: string,
    { sources, ...call }: CallOptions & Readonly<{ sources: boolean }>,
    { rows, sample }: Readonly<{ rows: IdFingerprint; sample: Sample<PrimaryKey> | undefined }>,
  ): AsyncGenerator<ComparedPage> {
    const { model } = definition;
    const read = async (after: PrimaryKey | undefined) => ({
      entities: await this.reader.pageAfter(model, after, PAGE_SIZE),
    });
    for await (const { entities } of readAhead(pagesInOrder(model, PAGE_SIZE, read))) {
      const desired = [...desiredDocuments(model, entities)];
      for (const { key, id, routing } of desired.filter(isExpected)) {
        rows.add({ id, routing });
        sample?.offer(key);
      }
      const drifted = [...unbuildableOf(desired), ...(await this.comparedTo(index, desired, call, sources))];
      yield { rows: entities.length, drifted };
    }
  }

  /** Rows of a scope, those among them that are to have no document, and what the index has of them. */
  private async *inScope(
    { model }: IndexDefinition,
    index: string,
    scope: RowScope,
    { sources, ...call }: CallOptions & Readonly<{ sources: boolean }>,
  ): AsyncGenerator<ComparedPage> {
    for await (const keys of readAhead(this.reader.keyPages(everyRowOf(model), PAGE_SIZE, scope))) {
      const desired = [...desiredDocuments(model, await this.reader.byKeys(model, keys), keys)];
      const drifted = [...unbuildableOf(desired), ...(await this.comparedTo(index, desired, call, sources))];
      drifted.push(...(await orphansOf(model, this.engine, index, desired, call)));
      yield { rows: keys.length, drifted };
    }
  }

  private async comparedTo(
    index: string,
    desired: readonly DesiredDocument[],
    call: CallOptions,
    sources = true,
  ): Promise<readonly DriftedDocument[]> {
    const expected = desired.filter(isExpected);
    return [...compare(expected, await this.storedOf(index, expected, call, sources))];
  }

  private storedOf(
    index: string,
    expected: readonly Expected[],
    call: CallOptions,
    sources: boolean,
  ): Promise<StoredDocuments> {
    const places = expected.map(({ id, routing }) => ({ id, routing }));
    return this.engine.getMany(index, places, sources ? call : { ...call, source: false });
  }
}
