import type { PrimaryKey } from '../rows/entity-reader.js';

/** A row of the outbox, as a relay works with it. */
export interface OutboxRow {
  readonly id: string;
  readonly alias: string;
  readonly path: readonly string[];
  readonly key: PrimaryKey;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly attempts: number;
  /** Of the request that made the change. */
  readonly traceparent?: string;
}

/** A document that was refused, to be tried again later or given up. */
export interface Refusal {
  readonly alias: string;
  /** Of the changed row, where that cannot be looked for; absent for the document itself. */
  readonly path?: readonly string[];
  readonly key: PrimaryKey;
  readonly createdAt: number;
  readonly attempts: number;
  readonly reason: string;
  readonly traceparent?: string;
}

/** A row whose documents this release cannot look for: it waits for one that can. */
export interface UnreachableRow {
  readonly row: OutboxRow;
  readonly reason: string;
}
