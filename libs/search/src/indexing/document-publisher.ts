import type { EntityManager } from '@mikro-orm/core';
import type { BulkOperation, CallOptions, SearchEngine } from '../contracts/engine.js';
import type { VersionClock } from '../contracts/version-clock.js';
import { desiredDocuments, documentsToWrite } from '../document/desired-document.js';
import type { DocumentKey } from '../document/document-builder.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { BulkReport, RetryableFailure } from './bulk-report.js';
import type { BulkWriter, WriteOptions } from './bulk-writer.js';
import type { EntityReader, RowScope } from '../rows/entity-reader.js';
import { indexOperations, type Batch } from './index-operations.js';
import { pageMeter, type Paged } from './page-meter.js';
import type { IndexTargets } from './index-targets.js';
import { pagesInOrder } from '../rows/pages-in-order.js';

/** Rows read at once. */
const PAGE_SIZE = 500;

/** The parts of a publisher, as ports. */
export interface PublisherParts {
  readonly targets: IndexTargets;
  readonly clock: VersionClock;
  readonly reader: Pick<EntityReader, 'byKeys' | 'pageAfter'>;
  readonly writer: Pick<BulkWriter, 'write'>;
  readonly engine: Pick<SearchEngine, 'shardRoutings'>;
}

export interface PublishAllOptions extends WriteOptions {
  /** Rows read at once; 500 when absent. */
  readonly pageSize?: number | undefined;
  /** Only these rows. */
  readonly scope?: RowScope | undefined;
}

export interface PublishEachOptions extends CallOptions {
  /** Called as requests end, with the keys of pages that are done as a whole. */
  readonly onKeys?: (done: number) => void;
}

/** What a write reports as it goes. */
interface Notes {
  readonly refused: RetryableFailure[];
  readonly shadows: Set<string>;
}

/**
 * Writes documents as the database has their rows. The order is what keeps a newer version from holding older content:
 * targets, then the clock's tick, then the read, then the write with that version.
 */
export class DocumentPublisher {
  constructor(private readonly parts: PublisherParts) {}

  /**
   * Brings the documents of these keys to what they should be: writes those of rows, deletes those that are to be absent.
   *
   * @param within reads inside the transaction of this entity manager
   */
  publish(
    definition: IndexDefinition,
    keys: readonly DocumentKey[],
    options?: CallOptions,
    within?: EntityManager,
  ): Promise<BulkReport> {
    return this.write(definition, (notes) => this.operationsFor(definition, keys, notes, within), options);
  }

  /** The same for keys as they come, in constant memory: the next are read as those before are written. */
  publishEach(
    definition: IndexDefinition,
    pages: AsyncIterable<readonly DocumentKey[]>,
    { onKeys, ...options }: PublishEachOptions = {},
  ): Promise<BulkReport> {
    const meter = pageMeter(onKeys);
    const operations = (notes: Notes) => this.operationsForEach(definition, pages, notes, meter.add);
    return this.write(definition, operations, { ...options, onProgress: meter.written });
  }

  /** Writes the documents of all rows of a scope, in key order and constant memory. */
  publishAll(definition: IndexDefinition, options: PublishAllOptions = {}): Promise<BulkReport> {
    const { pageSize = PAGE_SIZE, scope, ...write } = options;
    return this.write(definition, (notes) => this.operationsForAll(definition, { pageSize, scope }, notes), write);
  }

  private async write(
    definition: IndexDefinition,
    operations: (notes: Notes) => AsyncIterable<readonly BulkOperation[]>,
    options?: WriteOptions,
  ): Promise<BulkReport> {
    const notes: Notes = { refused: [], shadows: new Set() };
    const report = await this.parts.writer.write(operations(notes), options);
    const ofShadow = (failure: RetryableFailure): boolean => !failure.retryable && notes.shadows.has(failure.index);
    const shadowFailures = report.failures.filter(ofShadow);
    if (shadowFailures.length > 0) await this.parts.targets.shadowRefused?.(definition, shadowFailures);
    const failures = [...report.failures.filter((failure) => !ofShadow(failure)), ...notes.refused];
    return { ...report, failures };
  }

  private async *operationsFor(
    definition: IndexDefinition,
    keys: readonly DocumentKey[],
    notes: Notes,
    within?: EntityManager,
  ): AsyncGenerator<readonly BulkOperation[]> {
    for (let at = 0; at < keys.length; at += PAGE_SIZE)
      yield await this.operationsOfPage(definition, keys.slice(at, at + PAGE_SIZE), notes, within);
  }

  private async *operationsForEach(
    definition: IndexDefinition,
    pages: AsyncIterable<readonly DocumentKey[]>,
    notes: Notes,
    add: (page: Paged) => void,
  ): AsyncGenerator<readonly BulkOperation[]> {
    for await (const page of pages) {
      const operations = await this.operationsOfPage(definition, page, notes);
      add({ keys: page.length, operations: operations.length });
      yield operations;
    }
  }

  private async operationsOfPage(
    definition: IndexDefinition,
    page: readonly DocumentKey[],
    notes: Notes,
    within?: EntityManager,
  ): Promise<readonly BulkOperation[]> {
    const { model } = definition;
    const batch = await this.begin(definition, notes, true);
    const entities = await this.parts.reader.byKeys(model, page, within);
    return [...indexOperations(desiredDocuments(model, entities, page), batch)];
  }

  private async *operationsForAll(
    definition: IndexDefinition,
    { pageSize, scope }: Readonly<{ pageSize: number; scope: RowScope | undefined }>,
    notes: Notes,
  ): AsyncGenerator<readonly BulkOperation[]> {
    const { model } = definition;
    const read = async (after: DocumentKey | undefined) => {
      const batch = await this.begin(definition, notes, false);
      return { batch, entities: await this.parts.reader.pageAfter(model, after, pageSize, scope) };
    };
    for await (const { batch, entities } of pagesInOrder(model, pageSize, read))
      yield [...indexOperations(documentsToWrite(model, entities), batch)];
  }

  /** @param everywhere whether documents may be on other shards than they belong */
  private async begin(definition: IndexDefinition, { refused, shadows }: Notes, everywhere: boolean): Promise<Batch> {
    const { targets: places, clock, engine } = this.parts;
    const found = await places.of(definition);
    for (const { index, role } of found) if (role === 'shadow') shadows.add(index);
    if (!everywhere || !definition.model.routing) return { targets: found, version: await clock.next(), refused };
    const targets = await Promise.all(
      found.map(async (target) => ({ ...target, shards: await engine.shardRoutings(target.index) })),
    );
    return { targets, sweepVersion: await clock.next(), version: await clock.next(), refused };
  }
}
