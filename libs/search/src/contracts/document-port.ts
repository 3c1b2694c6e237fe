import type {
  CallOptions,
  DocumentOptions,
  DocumentPlace,
  EngineDocument,
  SearchRequest,
  SearchResponse,
} from './engine.js';

/** A script of the engine, `painless` when `lang` is absent. */
export interface EngineScript {
  readonly source: string;
  readonly lang?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** How a document changes: some fields of it, or what a script makes of it. */
export type UpdateChange =
  | Readonly<{
      doc: Readonly<Record<string, unknown>>;
      docAsUpsert?: boolean;
      upsert?: Readonly<Record<string, unknown>>;
    }>
  | Readonly<{ script: EngineScript; scriptedUpsert?: boolean; upsert?: Readonly<Record<string, unknown>> }>;

export type UpdateRequest = UpdateChange &
  Readonly<{
    /** An alias; an update never creates an index. */
    index: string;
    id: string;
    routing?: string;
    /** Both as last read: the update is refused with `SearchVersionConflictError` when the document has changed since. */
    ifSeqNo?: number;
    ifPrimaryTerm?: number;
    /** Tries again when another write came between; not with `ifSeqNo`. */
    retryOnConflict?: number;
  }>;

export interface UpdateAnswer {
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'deleted';
  readonly version: number;
  readonly seqNo: number;
  readonly primaryTerm: number;
}

export interface ExplainAnswer {
  readonly matched: boolean;
  /** How the score came about, as the engine explains it. */
  readonly explanation: Readonly<Record<string, unknown>> | undefined;
}

export interface ValidateAnswer {
  readonly valid: boolean;
  /** What the engine made of the query, or why it refuses it. */
  readonly explanations: readonly string[];
}

export interface ReadManyOptions extends CallOptions {
  /** `false`: nobody looks at the sources, so they may be left out. */
  readonly source?: false;
}

/** Documents one by one, and searches in one request. Errors and deadlines are those of `SearchEngine`. */
export interface DocumentPort {
  /** @throws SearchNotFoundError when the document is not there and `change` has nothing to put in its place. */
  update(request: UpdateRequest, options?: CallOptions): Promise<UpdateAnswer>;
  /** In the order of `places`, also before a refresh; `undefined` where there is none. */
  getMany(
    index: string,
    places: readonly DocumentPlace[],
    options?: ReadManyOptions,
  ): Promise<readonly (EngineDocument | undefined)[]>;
  exists(index: string, id: string, options?: DocumentOptions): Promise<boolean>;
  /** Answers in the order of the requests. One that is refused rejects all. */
  searchMany(requests: readonly SearchRequest[], options?: CallOptions): Promise<readonly SearchResponse[]>;
  /** `query`: the value of `query` in a search body. @throws SearchNotFoundError when the document is not there. */
  explain(
    index: string,
    id: string,
    query: Readonly<Record<string, unknown>>,
    options?: DocumentOptions,
  ): Promise<ExplainAnswer>;
  validate(index: string, query: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<ValidateAnswer>;
}
