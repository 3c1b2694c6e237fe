import type { EngineHit } from '../../contracts/engine.js';
import type { DocumentOf } from '../document-type.js';
import { freezeNode } from '../freeze.js';
import type { Hit } from '../search-page.js';
import type { Aggregation, AggregationFamily } from './aggregation.js';

export interface TopHitsOptions {
  /** Hits per bucket; 3 when absent. */
  readonly size?: number;
}

export interface TopHitsResult<T> {
  readonly hits: readonly Hit<DocumentOf<T>>[];
  readonly total: number;
}

export type TopHitsNode = Readonly<{ kind: 'topHits'; options: TopHitsOptions }>;

export interface TopHitsAggregations<T> {
  /** The best documents of each bucket. */
  topHits(options?: TopHitsOptions): Aggregation<TopHitsResult<T>>;
}

export const topHits = {
  topHits: (options: TopHitsOptions = {}): TopHitsNode => freezeNode({ kind: 'topHits', options: { ...options } }),
};

export const topHitsFamily: AggregationFamily<TopHitsNode> = {
  topHits: {
    compile: ({ options }) => ({ top_hits: { ...options } }),
    decode: (_node, wire, context) => {
      const { hits, total } = wire['hits'] as { hits: readonly EngineHit[]; total: { value: number } };
      return { hits: hits.map((hit) => context.hit(hit)), total: total.value };
    },
  },
};
