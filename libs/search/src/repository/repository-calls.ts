import type { EntityManager } from '@mikro-orm/core';
import type { EngineScript } from '../contracts/document-port.js';
import type { CallOptions, DocumentOptions } from '../contracts/engine.js';
import type { DocumentOf } from '../query/document-type.js';
import type { RowConditions } from '../rows/row-scope.js';
import type { RequestNode } from '../query/request.js';
import type { NoneAsked, SearchQuery } from '../query/search-query.js';

export interface ChangeOptions extends CallOptions {
  /** Makes the change visible to searches before the call resolves. */
  readonly refresh?: boolean;
}

export interface IndexOptions extends ChangeOptions {
  /** Reads inside the transaction of this entity manager, on its connection. */
  readonly em?: EntityManager;
}

export interface StoredDocument<T> {
  readonly id: string;
  /** In an index that is routed. */
  readonly routing?: string;
  readonly version: number;
  /** With `primaryTerm`, which write made it: `update(key, change, { ifSeqNo, ifPrimaryTerm })` changes no later one. */
  readonly seqNo: number;
  readonly primaryTerm: number;
  readonly source: DocumentOf<T>;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- conditions of any entity
export interface IndexAllOptions<T extends object = any> extends IndexEachOptions {
  /** Only these rows: `{ tenant: 7 }`. All when absent. */
  readonly where?: RowConditions<T>;
}

export interface IndexEachOptions extends CallOptions {
  /** Rows read at once; 500 when absent. */
  readonly pageSize?: number;
  readonly onProgress?: (progress: IndexAllProgress) => void;
}

export interface IndexAllProgress {
  readonly done: number;
  /** Rows when the run began; keys that were read so far where they come one by one. */
  readonly total: number;
}

export interface UpdateOptions extends ChangeOptions, DocumentOptions {
  /** Both as read: a document that has changed since is left alone, with `SearchVersionConflictError`. */
  readonly ifSeqNo?: number;
  readonly ifPrimaryTerm?: number;
  /** Tries again when another write comes between; 3 when absent. */
  readonly retryOnConflict?: number;
}

export interface ByQueryOptions extends CallOptions {
  /** Documents that change meanwhile are passed over and counted (`proceed`, when absent), or end the task. */
  readonly conflicts?: 'proceed' | 'abort';
  /** Makes the changes visible to searches at the end; false when absent. */
  readonly refresh?: boolean;
  readonly documentsPerSecond?: number;
  /** Reaches every document: needed where the query has no condition. */
  readonly all?: true;
}

/** What becomes of each document that matches. */
export interface UpdateByQueryOptions extends ByQueryOptions {
  readonly script: EngineScript;
}

/** `page` counts from 1; `cursor` is what the last page gave. */
export type PaginateOptions = CallOptions &
  Readonly<{ size?: number }> &
  (Readonly<{ page: number; cursor?: never }> | Readonly<{ cursor?: string; page?: never }>);

export interface Paging {
  readonly size: number;
  readonly pageCount: number;
  /** Where the next page begins, at any depth; `undefined` on the last one. */
  readonly nextCursor: string | undefined;
}

/** Narrows the query it is given; one with aggregations or suggestions is for calls that answer with them. */
export type QueryMaker<T, S = unknown> = (query: SearchQuery<T>) => SearchQuery<T, NoneAsked, S, NoneAsked>;

/** A query of any answer. */
export interface AnyQuery {
  /** @internal */
  readonly runner: unknown;
  readonly request: RequestNode;
  search(options?: CallOptions): Promise<object>;
}

/** What a query answers. */
export type AnswerOf<Q extends AnyQuery> = Awaited<ReturnType<Q['search']>>;
