import type { EngineHit, SearchResponse } from '../contracts/engine.js';
import { decodeAggregations } from './aggregations/aggregation.js';
import type { FieldCatalog } from './field-catalog.js';
import type { RequestNode } from './request.js';
import type { Hit, SearchPage } from './search-page.js';

const NONE: Readonly<Record<string, never>> = Object.freeze({});

export function decodeHit(hit: EngineHit): Hit<unknown> {
  return { id: hit._id, score: hit._score, source: hit._source, highlights: hit.highlight ?? NONE, sort: hit.sort ?? [] };
}

export function decodeResponse(request: RequestNode, response: SearchResponse, catalog: FieldCatalog): SearchPage<unknown, unknown> {
  const { hits, took, aggregations = NONE } = response;
  return {
    hits: hits.hits.map(decodeHit),
    total: hits.total?.value ?? hits.hits.length,
    maxScore: hits.max_score,
    tookMs: took,
    aggregations: decodeAggregations(request.aggregations, aggregations, { hit: decodeHit, typeOf: (path) => catalog.typeOf(path) }),
  };
}
