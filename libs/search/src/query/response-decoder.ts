import { SearchQueryError } from '../errors/query.errors.js';
import type { EngineHit, EngineInnerHits, SearchResponse } from '../contracts/engine.js';
import { decodeAggregations } from './aggregations/aggregation.js';
import { withDates } from './date-tree.js';
import { withFloats } from './float-tree.js';
import type { FieldCatalog } from './field-catalog.js';
import { withClass } from './hit-class.js';
import type { RequestNode } from './request.js';
import type { EntityHit, Hit, InnerHits, SearchPage } from './search-page.js';
import { decodeSuggest } from './suggest.js';
import type { Wire } from './wire-value.js';

const NONE: Readonly<Record<string, never>> = Object.freeze({});
const NOTHING: readonly never[] = Object.freeze([]);

function decodeHit(hit: EngineHit): Hit<unknown> {
  return {
    id: hit._id,
    index: hit._index,
    routing: hit._routing,
    score: hit._score,
    source: hit._source,
    fields: hit.fields ?? NONE,
    highlights: hit.highlight ?? NONE,
    sort: hit.sort ?? NOTHING,
    innerHits: hit.inner_hits ? decodeInnerHits(hit.inner_hits) : NONE,
    matchedQueries: hit.matched_queries ?? NOTHING,
    explanation: hit._explanation,
  };
}

/** A hit in the form that the request asks for. */
export function decodeHitOf({ dates }: RequestNode, hit: EngineHit, catalog: FieldCatalog): EntityHit<unknown> {
  const source = withFloats(hit._source, catalog.floats);
  const decoded = decodeHit({ ...hit, _source: dates ? withDates(source, catalog.dates) : source });
  return withClass(decoded, catalog.model);
}

function decodeInnerHits(groups: Readonly<Record<string, EngineInnerHits>>): Readonly<Record<string, InnerHits>> {
  const decoded = Object.entries(groups).map(([name, { hits }]) => [
    name,
    { hits: hits.hits.map((hit) => decodeHit(hit) as Hit<Wire>), total: hits.total.value },
  ]);
  return Object.fromEntries(decoded) as Readonly<Record<string, InnerHits>>;
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
      hit: (hit) => decodeHit({ ...hit, _source: withFloats(hit._source, catalog.floats) }),
      typeOf: (path) => catalog.typeOf(path),
    }),
    suggestions: Object.fromEntries(
      Object.entries(request.suggest).map(([name, node]) => [name, decodeSuggest(node, suggest[name] ?? [])]),
    ),
    profile: response.profile,
    pointInTimeId: response.pit_id,
  };
}
