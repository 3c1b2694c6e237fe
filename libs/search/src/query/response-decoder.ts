import { SearchQueryError } from '../errors/query.errors.js';
import type { EngineHit, SearchResponse } from '../contracts/engine.js';
import { decodeAggregations } from './aggregations/aggregation.js';
import { withDates } from './date-tree.js';
import { withFloats } from './float-tree.js';
import type { FieldCatalog } from './field-catalog.js';
import type { RequestNode } from './request.js';
import { FoundHit } from './found-hit.js';
import type { EntityHit, SearchPage } from './search-page.js';
import { decodeSuggest } from './suggest.js';

const NONE: Readonly<Record<string, never>> = Object.freeze({});

/** A hit in the form that the request states. */
export function decodeHitOf({ dates }: RequestNode, hit: EngineHit, catalog: FieldCatalog): EntityHit<unknown> {
  const source = withFloats(hit._source, catalog.floats);
  return new catalog.EntityHit(hit, dates ? withDates(source, catalog.dates) : source);
}

export function decodeResponse(
  request: RequestNode,
  response: SearchResponse,
  catalog: FieldCatalog,
): SearchPage<unknown, unknown, unknown> {
  const { hits, took, aggregations = NONE, suggest = NONE } = response;
  if (Object.keys(request.aggregations).length > 0 && !response.aggregations)
    throw new SearchQueryError(
      'aggregations',
      'no shard was searched, so there are no aggregations: routing and preference leave none together',
      request.options,
    );
  return {
    hits: hits.hits.map((hit) => decodeHitOf(request, hit, catalog)),
    total: hits.total?.value ?? hits.hits.length,
    totalRelation: hits.total?.relation ?? 'gte',
    maxScore: hits.max_score,
    tookMs: took,
    timedOut: response.timed_out ?? false,
    aggregations: decodeAggregations(request.aggregations, aggregations, {
      hit: (hit) => new FoundHit(hit, withFloats(hit._source, catalog.floats)),
      typeOf: (path) => catalog.typeOf(path),
    }),
    suggestions: Object.fromEntries(
      Object.entries(request.suggest).map(([name, node]) => [name, decodeSuggest(node, suggest[name] ?? [])]),
    ),
    profile: response.profile,
    pointInTimeId: response.pit_id,
  };
}
