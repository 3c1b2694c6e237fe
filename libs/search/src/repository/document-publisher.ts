import type { BulkOperation, CallOptions } from '../contracts/engine.js';
import type { VersionClock } from '../contracts/version-clock.js';
import { buildDocument, documentIdOf } from '../document/document-builder.js';
import { SearchDocumentError } from '../errors/query.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { mergeReports, type BulkReport, type RetryableFailure } from './bulk-report.js';
import type { BulkWriter, WriteOptions } from './bulk-writer.js';
import { keyOf, type EntityReader, type PrimaryKey } from './entity-reader.js';
import type { IndexTargets } from './index-targets.js';

/** Rows read at once. */
const PAGE_SIZE = 500;

/**
 * Brings documents to what the database says. The order is what keeps a newer version from holding older content:
 * targets, then the clock's tick, then the read, then the write with that version.
 */
export class DocumentPublisher {
  constructor(
    private readonly targets: IndexTargets,
    private readonly clock: VersionClock,
    private readonly reader: EntityReader,
    private readonly writer: BulkWriter,
  ) {}

  /** Writes the documents of these keys; deletes those whose rows are gone. */
  async publish(definition: IndexDefinition, keys: readonly PrimaryKey[], options?: CallOptions): Promise<BulkReport> {
    const refused: RetryableFailure[] = [];
    const report = await this.writer.write(this.operationsFor(definition, keys, refused), options);
    return withRefused(report, refused);
  }

  /** Writes the documents of all rows, in key order and constant memory. */
  async publishAll(definition: IndexDefinition, pageSize: number = PAGE_SIZE, options?: WriteOptions): Promise<BulkReport> {
    const refused: RetryableFailure[] = [];
    const report = await this.writer.write(this.operationsForAll(definition, pageSize, refused), options);
    return withRefused(report, refused);
  }

  private async *operationsFor(
    definition: IndexDefinition,
    keys: readonly PrimaryKey[],
    refused: RetryableFailure[],
  ): AsyncGenerator<BulkOperation> {
    for (let at = 0; at < keys.length; at += PAGE_SIZE) {
      const page = keys.slice(at, at + PAGE_SIZE);
      const indices = await this.targets.of(definition);
      const version = await this.clock.next();
      const entities = await this.reader.byKeys(definition.model, page);
      const present = new Set(entities.map((entity) => documentIdOf(keyOf(definition.model, entity))));
      const gone = page.map(documentIdOf).filter((id) => !present.has(id));
      for (const index of indices) {
        yield* indexOperations(definition, entities, { index, version }, refused);
        for (const id of gone) yield { action: 'delete', index, id, version };
      }
    }
  }

  private async *operationsForAll(
    definition: IndexDefinition,
    pageSize: number,
    refused: RetryableFailure[],
  ): AsyncGenerator<BulkOperation> {
    let after: PrimaryKey | undefined;
    do {
      const indices = await this.targets.of(definition);
      const version = await this.clock.next();
      const entities = await this.reader.pageAfter(definition.model, after, pageSize);
      for (const index of indices) yield* indexOperations(definition, entities, { index, version }, refused);
      after = entities.length < pageSize ? undefined : keyOf(definition.model, entities.at(-1)!);
    } while (after !== undefined);
  }
}

function* indexOperations(
  { model }: IndexDefinition,
  entities: readonly object[],
  target: { readonly index: string; readonly version: number },
  refused: RetryableFailure[],
): Generator<BulkOperation> {
  for (const entity of entities) {
    const id = documentIdOf(keyOf(model, entity));
    try {
      yield { action: 'index', ...target, id, source: JSON.stringify(buildDocument(model, entity)) };
    } catch (error) {
      refused.push({ id, status: 0, type: error instanceof SearchDocumentError ? error.code : 'document_failed', reason: messageOf(error), retryable: false });
    }
  }
}

function withRefused(report: BulkReport, refused: readonly RetryableFailure[]): BulkReport {
  return mergeReports(report, { succeeded: 0, failures: refused, unavailable: undefined });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
