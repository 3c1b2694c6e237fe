import { SearchQueryError } from '../errors/query.errors.js';
import { compileAggregations } from './aggregations/aggregation.js';
import type { Clause } from './clauses/clause.js';
import { compileContext, type CompileContext } from './clauses/compile-context.js';
import { compound } from './clauses/compound.js';
import type { FieldCatalog } from './field-catalog.js';
import { compileHighlight } from './highlight.js';
import { compilePointInTime, compileWindow } from './request-window.js';
import type { RequestNode, RequestOptions } from './request.js';
import { compileSort } from './sort.js';
import { compileSuggest } from './suggest.js';
import { wholeNumber, wireOptions, type Wire } from './wire-value.js';

/** Turns requests into bodies of OpenSearch, and refuses what the index cannot answer. */
export class RequestCompiler {
  private readonly context: CompileContext;

  constructor(catalog: FieldCatalog) {
    this.context = compileContext(catalog);
  }

  /** The body of `_search`. @param continued whether a later request goes on after its last hit. @throws SearchQueryError */
  search(request: RequestNode, continued = request.searchAfter !== undefined): Wire {
    const { context } = this;
    const { sort, highlight, aggregations, suggest, postFilter, source, collapse, rescore, pointInTime, options, raw } =
      request;
    return {
      query: this.query(request),
      ...compileWindow(request),
      ...bodyOptions(options),
      ...(postFilter.length > 0 ? { post_filter: this.all(postFilter) } : {}),
      ...(sort.length > 0 ? { sort: sort.map((node) => compileSort(node, context, continued)) } : {}),
      ...(source === undefined ? {} : { _source: this.source(source) }),
      ...(highlight.length > 0 ? { highlight: compileHighlight(highlight, request.highlightEncoder, context) } : {}),
      ...(collapse ? { collapse: this.collapse(collapse) } : {}),
      ...(rescore.length > 0 ? { rescore: rescore.map((one) => this.rescore(one)) } : {}),
      ...(pointInTime ? { pit: compilePointInTime(pointInTime) } : {}),
      ...(Object.keys(suggest).length > 0 ? { suggest: this.suggest(suggest) } : {}),
      ...(Object.keys(aggregations).length > 0 ? { aggs: compileAggregations(aggregations, context) } : {}),
      ...raw,
    };
  }

  /** What goes into the address of a request. @throws SearchQueryError */
  parameters({
    options: { routing, preference, requestCache, searchType },
    pointInTime,
  }: RequestNode): Readonly<Record<string, string | boolean>> {
    if (pointInTime && (routing !== undefined || preference !== undefined)) {
      throw new SearchQueryError(
        'pointInTime',
        'a point in time keeps its own shards: give routing and preference to openPointInTime() instead',
      );
    }
    return wireOptions({ routing, preference, requestCache, searchType }) as Record<string, string | boolean>;
  }

  /** The body of `_count`: what narrows, and nothing else. @throws SearchQueryError */
  count(request: RequestNode): Wire {
    return { query: this.narrowing(request) };
  }

  countParameters({
    options: { routing, preference, minScore, terminateAfter },
  }: RequestNode): Readonly<Record<string, string | number>> {
    return wireOptions({ routing, preference, minScore, terminateAfter }) as Record<string, string | number>;
  }

  /** The query and the filter of the hits in one: what calls send that answer with no hits. */
  private narrowing(request: RequestNode): Wire {
    const query = (request.raw['query'] as Wire | undefined) ?? this.query(request);
    if (request.postFilter.length === 0) return query;
    return { bool: { must: [query], filter: [this.all(request.postFilter)] } };
  }

  private query({ parts }: RequestNode): Wire {
    return this.context.clause(Object.keys(parts).length > 0 ? compound.bool(parts) : compound.matchAll());
  }

  private all(clauses: readonly Clause[]): Wire {
    return this.context.clause(clauses.length === 1 ? clauses[0]! : compound.bool({ filter: clauses }));
  }

  private source(source: NonNullable<RequestNode['source']> | false): unknown {
    if (source === false) return false;
    for (const path of [source.includes ?? [], source.excludes ?? []].flat())
      if (!path.includes('*')) this.context.field(path, 'source');
    return source;
  }

  private collapse({ field, options: { innerHits, ...options } }: NonNullable<RequestNode['collapse']>): Wire {
    return {
      field: this.context.field(field, 'collapse'),
      ...(innerHits ? { inner_hits: wireOptions(innerHits) } : {}),
      ...wireOptions(options),
    };
  }

  private rescore({ query, options: { windowSize, ...options } }: RequestNode['rescore'][number]): Wire {
    return {
      ...wireOptions({ windowSize }),
      query: { rescore_query: this.context.clause(query), ...wireOptions(options) },
    };
  }

  private suggest(nodes: RequestNode['suggest']): Wire {
    return Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, compileSuggest(node, this.context)]));
  }
}

function bodyOptions({
  trackTotalHits = true,
  trackScores,
  minScore,
  explain,
  profile,
  serverTimeoutMs,
  terminateAfter,
}: RequestOptions): Wire {
  const timeout = serverTimeoutMs === undefined ? undefined : `${wholeNumber(serverTimeoutMs, 1, 'serverTimeoutMs')}ms`;
  return wireOptions({ trackTotalHits, trackScores, minScore, explain, profile, timeout, terminateAfter });
}
