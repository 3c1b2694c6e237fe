import type { EntityManager } from '@mikro-orm/core';
import type { BulkOperation, CallOptions, SearchEngine } from '../contracts/engine.js';
import type { VersionClock } from '../contracts/version-clock.js';
import { desiredDocuments, documentsToWrite } from '../document/desired-document.js';
import type { DocumentKey } from '../document/document-builder.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { BulkReport, RetryableFailure } from './bulk-report.js';
import type { BulkWriter, WriteOptions } from './bulk-writer.js';
import type { EntityReader } from '../rows/entity-reader.js';
import { indexOperations, type Batch } from './index-operations.js';
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

/** What a write makes known as it goes. */
interface Notes {
  readonly refused: RetryableFailure[];
  readonly shadows: Set<string>;
}

/**
 * Brings documents to what the database says. The order is what keeps a newer version from holding older content:
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

  /** Writes the documents of all rows, in key order and constant memory. */
  publishAll(definition: IndexDefinition, pageSize: number = PAGE_SIZE, options?: WriteOptions): Promise<BulkReport> {
    return this.write(definition, (notes) => this.operationsForAll(definition, pageSize, notes), options);
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
    const { model } = definition;
    for (let at = 0; at < keys.length; at += PAGE_SIZE) {
      const page = keys.slice(at, at + PAGE_SIZE);
      const batch = await this.begin(definition, notes, true);
      const entities = await this.parts.reader.byKeys(model, page, within);
      yield [...indexOperations(desiredDocuments(model, entities, page), batch)];
    }
  }

  private async *operationsForAll(
    definition: IndexDefinition,
    pageSize: number,
    notes: Notes,
  ): AsyncGenerator<readonly BulkOperation[]> {
    const { model } = definition;
    const read = async (after: DocumentKey | undefined) => {
      const batch = await this.begin(definition, notes, false);
      return { batch, entities: await this.parts.reader.pageAfter(model, after, pageSize) };
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
