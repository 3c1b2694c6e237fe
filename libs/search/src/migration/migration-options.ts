import type { CallOptions, SearchEngine } from '../contracts/engine.js';
import type { SearchEventListener } from '../contracts/search-event.js';
import type { DocumentPublisher } from '../indexing/document-publisher.js';
import type { EntityReader } from '../rows/entity-reader.js';
import type { BackfillParts } from './backfill.js';
import type { Verifier } from './verifier.js';
import type { VerifyMode } from './verify-mode.js';

export interface MigrateOptions extends CallOptions {
  /** Documents per second at most; no bound when absent. */
  readonly maxDocumentsPerSecond?: number;
  /** Rows read at once; 1,000 when absent. */
  readonly pageSize?: number;
  /** Wait at most for the rows that were in the outbox at the end of the backfill, in milliseconds; 600,000 when absent. */
  readonly drainTimeoutMs?: number;
  /**
   * Rows that cannot be read or made into a document, and that the new index may lack: the migration reports them and
   * goes on. One in a hundred, 100 at most and 1 at least, when absent; with more it fails before the swap.
   */
  readonly maxUnbuildable?: number;
  /**
   * What is compared before the swap. `ids`, when absent: that each row has its document, and each document its row; the
   * backfill records the outcome of each write. `contents`: each document as well. `sample:1000`: so many of them, by
   * chance. An additive change compares contents unless this is set, as all ids are there before it.
   */
  readonly verify?: VerifyMode;
}

/** Rows that a migration waits for. */
export interface Drain {
  newest(aliases: readonly string[]): Promise<string>;
  waitingUpTo(id: string, aliases: readonly string[]): Promise<number>;
}

export interface MigrationParts extends BackfillParts {
  readonly engine: SearchEngine;
  readonly reader: EntityReader;
  readonly publisher: Pick<DocumentPublisher, 'publish'>;
  readonly verifier: Verifier;
  readonly report: SearchEventListener;
  /** Without an outbox: changes of other processes cannot be waited for. */
  readonly drain: Drain | undefined;
}
