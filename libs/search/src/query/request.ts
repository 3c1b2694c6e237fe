import type { AggregationNode } from './aggregations/aggregation.js';
import type { BoolParts } from './clauses/compound.js';

export interface SortNode {
  readonly field: string;
  readonly direction: 'asc' | 'desc';
  readonly missing: '_first' | '_last' | undefined;
}

export interface HighlightOptions {
  /** `<em>` when absent. */
  readonly preTag?: string;
  readonly postTag?: string;
  /** Letters of a passage; 0 gives the whole field. */
  readonly fragmentSize?: number;
  /** Passages at most. */
  readonly fragments?: number;
}

export interface HighlightNode {
  readonly field: string;
  readonly options: HighlightOptions;
}

/** Everything that a search asks, as frozen data. */
export interface RequestNode {
  readonly parts: BoolParts;
  readonly sort: readonly SortNode[];
  readonly highlight: readonly HighlightNode[];
  readonly aggregations: Readonly<Record<string, AggregationNode>>;
  /** `number` counts from 1. */
  readonly page: Readonly<{ number: number; size: number }>;
  /** Merged over the compiled body. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export const EMPTY_REQUEST: RequestNode = Object.freeze({
  parts: Object.freeze({}),
  sort: [],
  highlight: [],
  aggregations: Object.freeze({}),
  page: Object.freeze({ number: 1, size: 10 }),
  raw: Object.freeze({}),
});
