import { CALL_OPTIONS, DOCUMENT_OPTIONS } from '../support/call-options.js';
import {
  aDuration,
  aFunction,
  aPositiveNumber,
  aWholeNumber,
  anEntityManager,
  anything,
  oneOf,
  trueOrFalse,
  type OptionTable,
} from '../support/option-table.js';
import { aRowScope } from '../rows/row-scope.js';
import type { HydrateOptions } from '../rows/hydration.js';
import type { DoneOptions } from './by-query-task.js';
import type { StreamOptions } from './hit-stream.js';
import type {
  ByQueryOptions,
  ChangeOptions,
  IndexAllOptions,
  IndexEachOptions,
  IndexOptions,
  PaginateOptions,
  UpdateByQueryOptions,
  UpdateOptions,
} from './repository-calls.js';

/** Hits of one request at most: `index.max_result_window` of OpenSearch. */
const MAX_HITS = 10_000;

export const CHANGE: OptionTable<ChangeOptions> = { ...CALL_OPTIONS, refresh: trueOrFalse };

export const INDEX: OptionTable<IndexOptions> = {
  ...CHANGE,
  em: anEntityManager,
};

export const UPDATE: OptionTable<UpdateOptions> = {
  ...CHANGE,
  ...DOCUMENT_OPTIONS,
  ifSeqNo: aWholeNumber(0),
  ifPrimaryTerm: aWholeNumber(1),
  retryOnConflict: aWholeNumber(0),
};

export const BY_QUERY: OptionTable<ByQueryOptions> = {
  ...CHANGE,
  conflicts: oneOf('proceed', 'abort'),
  documentsPerSecond: aPositiveNumber,
  all: { accepts: (value) => value === true, requirement: 'must be true, or absent' },
};

export const UPDATE_BY_QUERY: OptionTable<UpdateByQueryOptions> = { ...BY_QUERY, script: anything };

export const INDEX_EACH: OptionTable<IndexEachOptions> = {
  ...CALL_OPTIONS,
  pageSize: aWholeNumber(1),
  onProgress: aFunction,
};

export const INDEX_ALL: OptionTable<IndexAllOptions> = { ...INDEX_EACH, where: aRowScope };

export const STREAM: OptionTable<StreamOptions> = {
  ...CALL_OPTIONS,
  size: aWholeNumber(1, MAX_HITS),
  keepAlive: aDuration,
};

/** Page, size and cursor are judged with the query. */
export const PAGINATE: OptionTable<PaginateOptions> = {
  ...CALL_OPTIONS,
  size: anything,
  page: anything,
  cursor: anything,
};

export const DONE: OptionTable<DoneOptions> = { ...CALL_OPTIONS, onProgress: aFunction };

export const HYDRATE: OptionTable<HydrateOptions> = {
  populate: { accepts: Array.isArray, requirement: 'must be a list of relations' },
};
