import type { BulkOperation, CallOptions } from '../contracts/engine.js';
import type { VersionClock } from '../contracts/version-clock.js';
import type { BulkFailure } from '../contracts/bulk-failure.js';
import { SearchEngineUnavailableError } from '../errors/engine.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { isPassing, type BulkReport, type RetryableFailure } from '../indexing/bulk-report.js';
import { pause } from '../support/pause.js';
import type { BulkWriter } from '../indexing/bulk-writer.js';
import { documentsToWrite } from '../document/desired-document.js';
import { indexOperations } from '../indexing/index-operations.js';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
import { pagesInOrder } from '../rows/pages-in-order.js';
import { readAhead } from '../support/read-ahead.js';

export interface BackfillParts {
  readonly clock: VersionClock;
  readonly reader: Pick<EntityReader, 'pageAfter'>;
  readonly writer: Pick<BulkWriter, 'write'>;
}

export interface BackfillPage {
  readonly lastKey: PrimaryKey;
  readonly rows: number;
  readonly failures: readonly BulkFailure[];
}

export interface BackfillOptions extends CallOptions {
  /** Where to go on: after this key. */
  readonly after: PrimaryKey | undefined;
  readonly pageSize: number;
  /** At most so many documents per second; no bound when absent. */
  readonly maxDocumentsPerSecond?: number | undefined;
}

interface Page {
  readonly version: number;
  readonly entities: readonly object[];
  readonly lastKey: PrimaryKey;
}

/** A page whose write is under way. */
interface Writing extends Pick<Page, 'lastKey'> {
  readonly rows: number;
  readonly refused: readonly RetryableFailure[];
  readonly report: Promise<BulkReport>;
}

const WRITES_AT_ONCE = 2;

/**
 * Fills one index with all rows in key order: per page the clock's tick, the read, the write with that version. What
 * is written meanwhile by others has a higher version, and stays. Two pages are written at a time while the next is
 * read, and yielded in order: each is to be noted before the next.
 */
export async function* backfill(
  definition: IndexDefinition,
  index: string,
  { clock, reader, writer }: BackfillParts,
  { after, pageSize, maxDocumentsPerSecond, ...options }: BackfillOptions,
): AsyncGenerator<BackfillPage> {
  const read = async (key: PrimaryKey | undefined): Promise<Pick<Page, 'version' | 'entities'>> => {
    const version = await clock.next();
    return { version, entities: await reader.pageAfter(definition.model, key, pageSize) };
  };
  const write = ({ version, entities, lastKey }: Page): Writing => {
    const refused: RetryableFailure[] = [];
    const operations: Iterable<BulkOperation> = indexOperations(documentsToWrite(definition.model, entities), {
      targets: [{ index, role: 'live' }],
      version,
      refused,
    });
    const report = writer.write(operations, options);
    // It may fail before its turn comes.
    report.catch(() => undefined);
    return { rows: entities.length, lastKey, refused, report };
  };
  const written = async ({ rows, lastKey, refused, report }: Writing): Promise<BackfillPage> => {
    const { failures, unavailable } = await report;
    const busy = failures.find(isPassing);
    if (busy)
      throw unavailable ?? new SearchEngineUnavailableError(index, 'overloaded', `${busy.type}: ${busy.reason}`);
    return { lastKey, rows, failures: [...failures, ...refused] };
  };
  const underWay: Writing[] = [];
  try {
    for await (const page of readAhead(pagesInOrder(definition.model, pageSize, read, after))) {
      const startedAt = performance.now();
      underWay.push(write(page));
      if (underWay.length === WRITES_AT_ONCE) yield await written(underWay.shift()!);
      if (maxDocumentsPerSecond)
        await pause(
          Math.max(0, (page.entities.length / maxDocumentsPerSecond) * 1000 - (performance.now() - startedAt)),
          options.signal,
        );
    }
    while (underWay.length > 0) yield await written(underWay.shift()!);
  } finally {
    // Nothing of it comes to the index once it has ended.
    await Promise.allSettled(underWay.map(({ report }) => report));
  }
}
