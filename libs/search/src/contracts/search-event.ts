import type { BulkFailure } from './bulk-failure.js';

/** What happens out of sight of any caller. One event per change of state, not per attempt. */
export type SearchEvent =
  /** Committed changes cannot be written now; they wait and are tried again. */
  | Readonly<{ type: 'publish-delayed'; index: string; pending: number; error: unknown }>
  | Readonly<{ type: 'publish-resumed'; index: string }>
  /** The engine or the document builder refused these documents for good: the index keeps what it had. */
  | Readonly<{ type: 'documents-refused'; index: string; failures: readonly BulkFailure[] }>
  /** Too many changes wait, or the application stopped: these are not in the index. `indexAll()` brings them back. */
  | Readonly<{ type: 'changes-dropped'; index: string; count: number; reason: 'full' | 'closed' }>
  /** A flush could not be read for changes. The flush itself went on. */
  | Readonly<{ type: 'capture-failed'; error: unknown }>
  /** `traceContext` failed, or returned no `traceparent`: what was written goes on without its trace. */
  | Readonly<{ type: 'trace-lost'; error: unknown }>
  /** The database does not answer the relay, or refuses what it sends; it is tried again. */
  | Readonly<{ type: 'relay-delayed'; error: unknown }>
  | Readonly<{ type: 'relay-resumed' }>
  /** A migration that the application began by itself ended early; the old index is still searched. */
  | Readonly<{ type: 'migration-failed'; index: string; error: unknown }>
  /** During a migration, the index that is not searched refused documents. */
  | Readonly<{ type: 'shadow-refused'; index: string; failures: readonly BulkFailure[] }>
  /** The engine was down at start; its indices are created as soon as it answers. */
  | Readonly<{ type: 'indices-delayed'; error: unknown }>
  /** A search took `slowQueryMs` or longer. `body` is what was sent. */
  | Readonly<{
      type: 'slow-query';
      index: string;
      tookMs: number;
      /** Of `searchMany`, `{ searches }`: the bodies in their order. */
      body: Readonly<Record<string, unknown>>;
      opaqueId?: string;
    }>
  | Readonly<{ type: 'indices-ready'; indices: readonly string[] }>;

export type SearchEventListener = (event: SearchEvent) => void;
