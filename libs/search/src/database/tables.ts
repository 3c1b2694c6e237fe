import { EntitySchema } from '@mikro-orm/core';
import { MAX_KEY_LENGTH } from './key-text.js';

/** The version clock: one row. */
export class SearchClockRow {
  id!: number;
  value!: string;
}

/** A committed change that is not in its index yet: it names a document, or a related row, and holds nothing of the content. */
export class SearchOutboxRow {
  id!: string;
  indexAlias!: string;
  /** Relations from the document's entity to the changed row, with dots; empty for the document itself. */
  path!: string;
  /** As `encodeKey` writes it; of a key that is too long for it, what `columnText` makes of that. */
  rowKey!: string;
  /** The whole text of a key that `rowKey` does not hold. */
  longKey?: string | null;
  /** Epoch milliseconds. */
  createdAt!: string;
  /** Times that the document was refused. */
  attempts!: number;
  /** Not to be tried before; epoch milliseconds. */
  availableAt!: string;
  /** When it was given up; epoch milliseconds. */
  parkedAt?: string | null;
  reason?: string | null;
  /** Of the request that made the change; written where the option `traceContext` is set. */
  traceparent?: string | null;
}

/** Where an index stands: the last migration of its alias. */
export class SearchMigrationRow {
  indexAlias!: string;
  phase!: string;
  oldIndex!: string;
  newIndex!: string;
  oldHash?: string | null;
  newHash!: string;
  /** Last key of the backfill, as `encodeKey` writes it. */
  lastKey?: string | null;
  done!: number;
  total!: number;
  /** Epoch milliseconds. */
  startedAt!: string;
  updatedAt!: string;
  /** Who migrates, and until when nobody else may; epoch milliseconds. */
  owner?: string | null;
  ownedUntil!: string;
  /** Why a rollback would not be exact any more. */
  inexact?: string | null;
}

const clock = new EntitySchema<SearchClockRow>({
  class: SearchClockRow,
  tableName: 'search_clock',
  properties: {
    id: { type: 'integer', primary: true, autoincrement: false, fieldName: 'id' },
    value: { type: 'bigint', fieldName: 'value' },
  },
});

const outbox = new EntitySchema<SearchOutboxRow>({
  class: SearchOutboxRow,
  tableName: 'search_outbox',
  indexes: [{ name: 'search_outbox_document', properties: ['indexAlias', 'rowKey'] }],
  properties: {
    id: { type: 'bigint', primary: true, autoincrement: true, fieldName: 'id' },
    indexAlias: { type: 'string', length: 230, fieldName: 'index_alias' },
    path: { type: 'string', length: 255, fieldName: 'path' },
    rowKey: { type: 'string', length: MAX_KEY_LENGTH, fieldName: 'row_key' },
    longKey: { type: 'text', nullable: true, fieldName: 'long_key' },
    createdAt: { type: 'bigint', fieldName: 'created_at' },
    attempts: { type: 'integer', default: 0, fieldName: 'attempts' },
    availableAt: { type: 'bigint', default: 0, fieldName: 'available_at' },
    parkedAt: { type: 'bigint', nullable: true, fieldName: 'parked_at' },
    reason: { type: 'text', nullable: true, fieldName: 'reason' },
    traceparent: { type: 'string', length: 55, nullable: true, fieldName: 'traceparent' },
  },
});

const migration = new EntitySchema<SearchMigrationRow>({
  class: SearchMigrationRow,
  tableName: 'search_migration',
  properties: {
    indexAlias: { type: 'string', length: 230, primary: true, fieldName: 'index_alias' },
    phase: { type: 'string', length: 20, fieldName: 'phase' },
    oldIndex: { type: 'string', length: 255, fieldName: 'old_index' },
    newIndex: { type: 'string', length: 255, fieldName: 'new_index' },
    oldHash: { type: 'string', length: 64, nullable: true, fieldName: 'old_hash' },
    newHash: { type: 'string', length: 64, fieldName: 'new_hash' },
    lastKey: { type: 'string', length: MAX_KEY_LENGTH, nullable: true, fieldName: 'last_key' },
    done: { type: 'integer', default: 0, fieldName: 'done' },
    total: { type: 'integer', default: 0, fieldName: 'total' },
    startedAt: { type: 'bigint', fieldName: 'started_at' },
    updatedAt: { type: 'bigint', fieldName: 'updated_at' },
    owner: { type: 'string', length: 100, nullable: true, fieldName: 'owner' },
    ownedUntil: { type: 'bigint', default: 0, fieldName: 'owned_until' },
    inexact: { type: 'text', nullable: true, fieldName: 'inexact' },
  },
});

/**
 * Tables of the outbox, the version clock and migrations, to be registered with the application's own entities: the
 * ORM's schema generator and migrations then create them.
 *
 * @example
 * defineConfig({ entities: [Passage, President, ...searchEntities] })
 */
export const searchEntities: readonly EntitySchema[] = [clock, outbox, migration];
