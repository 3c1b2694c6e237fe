import type { DocumentPort } from './document-port.js';
import type { AliasOptions, IndexBody, IndexState } from './index-body.js';
import type { IndexPort } from './index-port.js';
import type { TaskPort } from './task-port.js';

/** What every call on an engine accepts: when to stop waiting. */
export interface CallOptions {
  /** Ends the call early; it then rejects with `SearchAbortedError`. */
  readonly signal?: AbortSignal;
  /** Deadline of this call in milliseconds; the engine's own default when absent. */
  readonly timeoutMs?: number;
}

/** What each write names. */
export interface WritePlace {
  readonly index: string;
  readonly id: string;
  readonly routing?: string | undefined;
}

/** A write of a whole document, which loses against a newer version. `source` is the document as JSON text, so that its bytes are counted and sent as they are. */
export type VersionedOperation =
  | (Readonly<{ action: 'index'; source: string; version: number }> & WritePlace)
  | (Readonly<{ action: 'delete'; version: number }> & WritePlace);

/** The write that was read: one that came since makes it fail. */
export interface IfUnchanged {
  readonly ifSeqNo: number;
  readonly ifPrimaryTerm: number;
}

/**
 * A write whose outcome depends on what is there: sent once, since it may have been carried out where no answer came.
 * `source` of an update is the body of `_update`.
 */
export type ConditionalOperation =
  | (Readonly<{ action: 'create'; source: string }> & WritePlace)
  | (Readonly<{ action: 'update'; source: string; retryOnConflict?: number | undefined }> &
      Partial<IfUnchanged> &
      WritePlace)
  | (Readonly<{ action: 'index'; source: string; version?: undefined }> & IfUnchanged & WritePlace)
  | (Readonly<{ action: 'delete'; version?: undefined }> & IfUnchanged & WritePlace);

/** One write. */
export type BulkOperation = VersionedOperation | ConditionalOperation;

/** Where a document is. `routing` is needed where the index was written with it. */
export interface DocumentPlace {
  readonly id: string;
  readonly routing?: string | undefined;
}

/** What a call on one document accepts. */
export interface DocumentOptions extends CallOptions {
  /** What the document was written with, in an index that is routed. */
  readonly routing?: string;
}

/**
 * What became of one operation, in the order of the request.
 * `superseded`: a newer version of the document is there (409), so nothing was to be done.
 */
export type BulkOutcome =
  | Readonly<{ id: string; outcome: 'written' | 'deleted' | 'absent' | 'superseded' }>
  | Readonly<{ id: string; outcome: 'failed'; status: number; type: string; reason: string; retryable: boolean }>;

/** Which shards and which of their copies a point in time is of. */
export interface PointInTimeOptions extends DocumentOptions {
  readonly preference?: string;
}

export interface SearchRequest {
  /** Index or alias names; absent when the body names a point in time. */
  readonly index?: string;
  /** The body of `_search` in the query language of OpenSearch. */
  readonly body: Readonly<Record<string, unknown>>;
  /** `routing`, `preference`, …, as OpenSearch accepts them in the address. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
}

export interface EngineHit {
  readonly _index: string;
  readonly _id: string;
  readonly _routing?: string;
  readonly _score: number | null;
  readonly _source?: unknown;
  readonly fields?: Readonly<Record<string, readonly unknown[]>>;
  readonly highlight?: Readonly<Record<string, readonly string[]>>;
  readonly sort?: readonly unknown[];
  readonly inner_hits?: Readonly<Record<string, EngineInnerHits>>;
  readonly matched_queries?: readonly string[];
  readonly _explanation?: Readonly<Record<string, unknown>>;
}

export interface EngineInnerHits {
  readonly hits: { readonly total: { readonly value: number }; readonly hits: readonly EngineHit[] };
}

export interface SearchResponse {
  /** Time on the server, in milliseconds. */
  readonly took: number;
  readonly timed_out?: boolean;
  readonly hits: {
    readonly total?: { readonly value: number; readonly relation: 'eq' | 'gte' };
    readonly max_score: number | null;
    readonly hits: readonly EngineHit[];
  };
  readonly aggregations?: Readonly<Record<string, unknown>>;
  readonly suggest?: Readonly<Record<string, readonly never[]>>;
  readonly profile?: Readonly<Record<string, unknown>>;
  readonly pit_id?: string;
  readonly _shards?: { readonly total: number };
}

export interface EngineDocument {
  readonly id: string;
  readonly routing?: string;
  readonly version: number;
  /** With `primaryTerm`, which write made it: for an update that must not replace a later one. */
  readonly seqNo?: number;
  readonly primaryTerm?: number;
  readonly source: unknown;
}

/** `must_exist`: nothing at all is done unless the index has the alias. `remove_index` deletes a concrete index. */
export type AliasAction =
  | Readonly<{ add: Readonly<{ index: string; alias: string } & AliasOptions> }>
  | Readonly<{ remove: Readonly<{ index: string; alias: string; must_exist?: boolean }> }>
  | Readonly<{ remove_index: Readonly<{ index: string }> }>;

/**
 * The port to a search engine. Every method ends within its deadline, whatever the server does, and rejects
 * with the errors of this package only:
 *
 * - `SearchEngineUnavailableError`: no connection, no answer in time, or 429 / 502 / 503 / 504;
 * - `SearchEngineError`: the engine understood and refused (mapping conflicts, malformed bodies);
 * - `SearchNotFoundError`: an index or document that is not there;
 * - `SearchAbortedError`: the caller's signal.
 *
 * Calls may run at once in any number; an engine keeps no order between them.
 */
export interface SearchEngine extends DocumentPort, IndexPort, TaskPort {
  /** Shown in messages, for example `opensearch http://127.0.0.1:9200`. */
  readonly name: string;

  /** What identifies the requests of the caller, such as the id of a trace; the slow-query event shows it. */
  opaqueId?(): string | undefined;

  ping(options?: CallOptions): Promise<void>;

  /** Creates a concrete index; `exists` when another process was first. */
  createIndex(index: string, body: IndexBody, options?: CallOptions): Promise<'created' | 'exists'>;
  /** The concrete indices behind an alias or a name; empty when there is none. */
  readIndices(nameOrAlias: string, options?: CallOptions): Promise<readonly IndexState[]>;
  /** Resolves also when the index is not there. */
  deleteIndex(index: string, options?: CallOptions): Promise<void>;
  /** Resolves when every primary shard of the index is there. */
  waitUntilReady(index: string, options?: CallOptions): Promise<void>;
  /** Applies all actions at one instant, or none. */
  updateAliases(actions: readonly AliasAction[], options?: CallOptions): Promise<void>;
  /** Makes what was written before visible to searches. */
  refresh(index: string, options?: CallOptions): Promise<void>;

  /**
   * Writes through aliases only: an alias that is missing fails the operation instead of creating an index of
   * that name. Versions are external: an operation whose version is not above the stored one is `superseded`.
   */
  bulk(operations: readonly BulkOperation[], options?: CallOptions): Promise<readonly BulkOutcome[]>;

  /** `undefined` when the document is not there. */
  get(index: string, id: string, options?: DocumentOptions): Promise<EngineDocument | undefined>;
  /** Where all documents are that a refresh has made visible, in pages and in no order. */
  scanIds(index: string, pageSize: number, options?: CallOptions): AsyncIterable<readonly DocumentPlace[]>;
  search(request: SearchRequest, options?: CallOptions): Promise<SearchResponse>;
  count(request: SearchRequest, options?: CallOptions): Promise<number>;

  /** Keeps the state of an index for searches that page through it. @returns its id. @param keepAlive such as `1m`. */
  openPointInTime(index: string, keepAlive: string, options?: PointInTimeOptions): Promise<string>;
  /** Resolves also when it is not there any more. */
  closePointInTime(id: string, options?: CallOptions): Promise<void>;

  /** Ends open connections. Later calls reject, but for another `close()`. */
  close(): Promise<void>;
}
