import type { BulkOperation, CallOptions } from '../contracts/engine.js';
import type { VersionClock } from '../contracts/version-clock.js';
import { buildDocument, documentIdOf } from '../document/document-builder.js';
import { SearchDocumentError } from '../errors/query.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { BulkReport, RetryableFailure } from './bulk-report.js';
import type { BulkWriter, WriteOptions } from './bulk-writer.js';
import { keyOf, type EntityReader, type PrimaryKey } from './entity-reader.js';
import type { IndexTargets, WriteTarget } from './index-targets.js';

/** Rows read at once. */
const PAGE_SIZE = 500;

/** The parts of a publisher, as ports. */
export interface PublisherParts {
  readonly targets: IndexTargets;
  readonly clock: VersionClock;
  readonly reader: Pick<EntityReader, 'byKeys' | 'pageAfter'>;
  readonly writer: Pick<BulkWriter, 'write'>;
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

  /** Writes the documents of these keys; deletes those whose rows are gone. */
  publish(definition: IndexDefinition, keys: readonly PrimaryKey[], options?: CallOptions): Promise<BulkReport> {
    return this.write(definition, (notes) => this.operationsFor(definition, keys, notes), options);
  }

  /** Writes the documents of all rows, in key order and constant memory. */
  publishAll(definition: IndexDefinition, pageSize: number = PAGE_SIZE, options?: WriteOptions): Promise<BulkReport> {
    return this.write(definition, (notes) => this.operationsForAll(definition, pageSize, notes), options);
  }

  private async write(
    definition: IndexDefinition,
    operations: (notes: Notes) => AsyncIterable<BulkOperation>,
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

  private async *operationsFor(definition: IndexDefinition, keys: readonly PrimaryKey[], notes: Notes): AsyncGenerator<BulkOperation> {
    for (let at = 0; at < keys.length; at += PAGE_SIZE) {
      const page = keys.slice(at, at + PAGE_SIZE);
      const targets = await this.parts.targets.of(definition);
      const version = await this.parts.clock.next();
      const entities = await this.parts.reader.byKeys(definition.model, page);
      const present = new Set(entities.map((entity) => documentIdOf(keyOf(definition.model, entity))));
      const gone = page.map(documentIdOf).filter((id) => !present.has(id));
      yield* indexOperations(definition, entities, { targets, version, notes });
      for (const { index } of targets) for (const id of gone) yield { action: 'delete', index, id, version };
    }
  }

  private async *operationsForAll(definition: IndexDefinition, pageSize: number, notes: Notes): AsyncGenerator<BulkOperation> {
    let after: PrimaryKey | undefined;
    do {
      const targets = await this.parts.targets.of(definition);
      const version = await this.parts.clock.next();
      const entities = await this.parts.reader.pageAfter(definition.model, after, pageSize);
      yield* indexOperations(definition, entities, { targets, version, notes });
      after = entities.length < pageSize ? undefined : keyOf(definition.model, entities.at(-1)!);
    } while (after !== undefined);
  }
}

/** Writes of these entities to each target; a document that cannot be built is noted instead. */
export function* indexOperations(
  { model }: IndexDefinition,
  entities: readonly object[],
  { targets, version, notes }: { readonly targets: readonly WriteTarget[]; readonly version: number; readonly notes: Notes },
): Generator<BulkOperation> {
  for (const { index, role } of targets) if (role === 'shadow') notes.shadows.add(index);
  for (const entity of entities) {
    const id = documentIdOf(keyOf(model, entity));
    try {
      const document = buildDocument(model, entity);
      for (const { index, fit } of targets) yield { action: 'index', index, version, id, source: JSON.stringify(fit ? fit(document) : document) };
    } catch (error) {
      const type = error instanceof SearchDocumentError ? error.code : 'document_failed';
      notes.refused.push({ id, index: targets[0]?.index ?? '', status: 0, type, reason: messageOf(error), retryable: false });
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
