import type { Duration } from '../contracts/duration.js';
import type { AggregationNode } from './aggregations/aggregation.js';
import type { Clause } from './clauses/clause.js';
import type { BoolParts } from './clauses/compound.js';
import type { InnerHitsOptions } from './clauses/joining.js';
import type { HighlightEncoder, HighlightNode } from './highlight.js';
import type { SortNode } from './sort.js';
import type { SuggestNode } from './suggest.js';

/** Which part of `_source` comes with each hit; patterns such as `address.*` are understood. */
export interface SourceFilter {
  readonly includes?: readonly string[];
  readonly excludes?: readonly string[];
}

export interface CollapseOptions {
  /** Brings the documents of each group with its best one: `hit.innerHits[name]`. */
  readonly innerHits?: InnerHitsOptions & Readonly<{ name: string }>;
  readonly maxConcurrentGroupSearches?: number;
}

export interface RescoreOptions {
  /** Hits per shard that are scored again; 10 when absent. */
  readonly windowSize?: number;
  readonly queryWeight?: number;
  readonly rescoreQueryWeight?: number;
  readonly scoreMode?: 'total' | 'multiply' | 'avg' | 'max' | 'min';
}

/** How a search is carried out. */
export interface RequestOptions {
  /** Whether all matches are counted (the default), none, or up to a number. */
  readonly trackTotalHits?: boolean | number;
  /** Scores also when the order is by a field. */
  readonly trackScores?: boolean;
  /** Leaves out hits with a lower score. */
  readonly minScore?: number;
  /** Explains each score: `hit.explanation`. */
  readonly explain?: boolean;
  /** Shows where the time went: `page.profile`. */
  readonly profile?: boolean;
  /** Milliseconds after which shards answer with what they have: `page.timedOut`. The call's own deadline is `timeoutMs` of `search()`. */
  readonly serverTimeoutMs?: number;
  /** Documents per shard after which the search ends. */
  readonly terminateAfter?: number;
  /** Shards to search, by the value documents were routed with. */
  readonly routing?: string;
  /** Copies to search: `_local`, or any string of a session, which gives it the same order. */
  readonly preference?: string;
  readonly requestCache?: boolean;
  /** `dfs_query_then_fetch` scores by the words of all shards together. */
  readonly searchType?: 'query_then_fetch' | 'dfs_query_then_fetch';
}

/** `number` counts from 1, `from` from 0. */
export type PageWindow = Readonly<{ number: number; size: number }> | Readonly<{ from: number; size: number }>;

/** All parts of a search, as frozen data. */
export interface RequestNode {
  readonly parts: BoolParts;
  readonly postFilter: readonly Clause[];
  readonly sort: readonly SortNode[];
  readonly highlight: readonly HighlightNode[];
  readonly highlightEncoder?: HighlightEncoder;
  readonly aggregations: Readonly<Record<string, AggregationNode>>;
  readonly suggest: Readonly<Record<string, SuggestNode>>;
  readonly page: PageWindow;
  readonly searchAfter?: readonly unknown[];
  /** A concrete index, or an alias, in place of the one of the model. */
  readonly inIndex?: string;
  readonly pointInTime?: Readonly<{ id: string; keepAlive: Duration | undefined }>;
  readonly source?: false | SourceFilter;
  /** Dates of hits become Date. */
  readonly dates?: boolean;
  readonly collapse?: Readonly<{ field: string; options: CollapseOptions }>;
  readonly rescore: readonly Readonly<{ query: Clause; options: RescoreOptions }>[];
  readonly options: RequestOptions;
  /** Merged over the compiled body. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export const EMPTY_REQUEST: RequestNode = Object.freeze({
  parts: Object.freeze({}),
  postFilter: Object.freeze([]),
  sort: Object.freeze([]),
  highlight: Object.freeze([]),
  aggregations: Object.freeze({}),
  suggest: Object.freeze({}),
  page: Object.freeze({ number: 1, size: 10 }),
  rescore: Object.freeze([]),
  options: Object.freeze({}),
  raw: Object.freeze({}),
});
