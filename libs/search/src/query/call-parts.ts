import { SearchQueryError } from '../errors/query.errors.js';
import { EMPTY_REQUEST, type RequestNode, type RequestOptions } from './request.js';

/** Calls that are given a query. */
export const QUERY_CALLS = [
  'search',
  'searchMany',
  'across',
  'paginate',
  'stream',
  'aggregate',
  'everyBucket',
  'count',
  'explain',
  'validate',
  'deleteByQuery',
  'updateByQuery',
] as const;

export type QueryCall = (typeof QUERY_CALLS)[number];

const ALL: readonly QueryCall[] = QUERY_CALLS;
const PAGES: readonly QueryCall[] = ['search', 'searchMany', 'across'];
const PAGED: readonly QueryCall[] = [...PAGES, 'paginate'];
const HITS: readonly QueryCall[] = [...PAGED, 'stream'];
const AGGREGATED: readonly QueryCall[] = ['aggregate', 'everyBucket'];
const BY_QUERY: readonly QueryCall[] = ['deleteByQuery', 'updateByQuery'];

/** Which calls carry a part of a query. Any other call refuses it by this name, before anything is sent. */
export const CARRIED_BY = {
  must: ALL,
  filter: ALL,
  should: ALL,
  mustNot: ALL,
  minimumShouldMatch: ALL,
  'raw.query': ALL,
  raw: HITS,
  postFilter: [...HITS, 'count', 'explain', 'validate', ...BY_QUERY],
  sort: HITS,
  page: PAGES,
  searchAfter: PAGES,
  inIndex: ['search', 'searchMany', 'paginate', 'stream', ...AGGREGATED, 'count', 'explain', 'validate'],
  pointInTime: ['search', 'searchMany', 'paginate', ...AGGREGATED],
  source: HITS,
  dates: HITS,
  highlight: HITS,
  highlightEncoder: HITS,
  collapse: PAGES,
  rescore: PAGES,
  aggregations: [...PAGED, 'aggregate'],
  suggest: PAGED,
  'options.minScore': [...HITS, ...AGGREGATED, 'count'],
  'options.routing': [...HITS, ...AGGREGATED, 'count', ...BY_QUERY],
  'options.preference': [...HITS, ...AGGREGATED, 'count', ...BY_QUERY],
  'options.searchType': [...HITS, ...AGGREGATED],
  'options.requestCache': [...PAGED, ...AGGREGATED],
  'options.terminateAfter': [...PAGED, 'aggregate', 'count'],
  'options.serverTimeoutMs': [...PAGED, ...AGGREGATED, 'stream'],
  'options.trackTotalHits': PAGED,
  'options.trackScores': HITS,
  'options.explain': HITS,
  'options.profile': PAGED,
} as const satisfies Readonly<Record<string, readonly QueryCall[]>> &
  Readonly<Record<`options.${keyof RequestOptions}`, readonly QueryCall[]>>;

export type QueryPart = keyof typeof CARRIED_BY;

export const QUERY_PARTS = Object.keys(CARRIED_BY) as readonly QueryPart[];

export function carries(call: QueryCall, part: QueryPart): boolean {
  return (CARRIED_BY[part] as readonly QueryCall[]).includes(call);
}

/** The part that a name of a body stands for; a call that has no such part refuses it in `raw` as well. */
const RAW_PARTS: Readonly<Record<string, QueryPart>> = {
  query: 'raw.query',
  from: 'page',
  size: 'page',
  search_after: 'searchAfter',
  pit: 'pointInTime',
  slice: 'searchAfter',
  collapse: 'collapse',
  rescore: 'rescore',
  min_score: 'options.minScore',
  terminate_after: 'options.terminateAfter',
  timeout: 'options.serverTimeoutMs',
  track_total_hits: 'options.trackTotalHits',
  profile: 'options.profile',
};

/** What the answer of no call has room for. */
const RAW_UNREAD: Readonly<Record<string, string>> = {
  aggs: 'use aggregate((a) => ({ name: a.raw(…) }))',
  aggregations: 'use aggregate((a) => ({ name: a.raw(…) }))',
  suggest: 'use suggest(…)',
  version: 'get() returns it',
  seq_no_primary_term: 'get() returns both',
};

/** What to do instead, where that does not follow. */
const REMEDIES: Partial<Readonly<Record<`${QueryCall} ${QueryPart}`, string>>> = {
  'paginate page': 'give page and size to paginate() itself',
  'paginate searchAfter': 'give cursor to paginate() itself',
  'stream page': 'give size to stream() itself',
  'stream aggregations': 'request them with aggregate()',
  'stream pointInTime': 'a stream opens its own',
  'explain options.routing': 'give routing to explain() itself',
  'everyBucket aggregations': 'it has an aggregation of its own: use aggregate() for others',
  'across inIndex': 'it names one index: use its own repository',
  'deleteByQuery inIndex': 'documents are changed where the model writes them',
  'updateByQuery inIndex': 'documents are changed where the model writes them',
  'across pointInTime': 'a point in time is of one index: use its own repository',
};

/** @throws SearchQueryError that names each part of the request that the call would drop. */
export function assertCarried(call: QueryCall, request: RequestNode): void {
  const dropped = [
    ...givenParts(request).filter((part) => !carries(call, part)),
    ...Object.keys(request.raw)
      .filter((name) => !carriesRaw(call, name))
      .map((name) => `raw.${name}` as const),
  ];
  if (dropped.length === 0) return;
  const names = [...new Set(dropped)];
  throw new SearchQueryError(
    names[0]!,
    `${call}() does not carry ${names.join(', ')}: ${remedyOf(call, names[0]!)}`,
    names,
  );
}

const rawPartOf = (name: string): QueryPart => (Object.hasOwn(RAW_PARTS, name) ? RAW_PARTS[name]! : 'raw');

function carriesRaw(call: QueryCall, name: string): boolean {
  if (Object.hasOwn(RAW_UNREAD, name)) return false;
  const part = rawPartOf(name);
  return carries(call, part) && (part === 'raw.query' || carries(call, 'raw'));
}

function remedyOf(call: QueryCall, name: string): string {
  if (name.startsWith('raw.') && name !== 'raw.query') {
    const key = name.slice('raw.'.length);
    if (Object.hasOwn(RAW_UNREAD, key)) return RAW_UNREAD[key]!;
    const part = rawPartOf(key);
    return REMEDIES[`${call} ${part}`] ?? otherCalls(carries(call, part) ? 'raw' : part);
  }
  return REMEDIES[`${call} ${name as QueryPart}`] ?? otherCalls(name as QueryPart);
}

function otherCalls(part: QueryPart): string {
  return `leave it out here; ${CARRIED_BY[part].map((call) => `${call}()`).join(', ')} do`;
}

/** Parts that the request names, without those of `raw`. */
function givenParts(request: RequestNode): readonly QueryPart[] {
  const { parts, options } = request;
  const filled = (list: readonly unknown[] | undefined): boolean => list !== undefined && list.length > 0;
  const given: Readonly<Record<Exclude<QueryPart, 'raw' | 'raw.query' | `options.${string}`>, boolean>> = {
    must: filled(parts.must),
    filter: filled(parts.filter),
    should: filled(parts.should),
    mustNot: filled(parts.mustNot),
    minimumShouldMatch: parts.minimumShouldMatch !== undefined,
    postFilter: filled(request.postFilter),
    sort: filled(request.sort),
    page: request.page !== EMPTY_REQUEST.page,
    searchAfter: request.searchAfter !== undefined,
    inIndex: request.inIndex !== undefined,
    pointInTime: request.pointInTime !== undefined,
    source: request.source !== undefined,
    dates: request.dates === true,
    highlight: filled(request.highlight),
    highlightEncoder: request.highlightEncoder !== undefined,
    collapse: request.collapse !== undefined,
    rescore: filled(request.rescore),
    aggregations: Object.keys(request.aggregations).length > 0,
    suggest: Object.keys(request.suggest).length > 0,
  };
  const named = QUERY_PARTS.filter((part) => given[part as keyof typeof given]);
  const options_ = Object.entries(options).filter(([, value]) => value !== undefined);
  return [...named, ...options_.map(([name]) => `options.${name}` as QueryPart)];
}

/** Whether the request narrows what it reaches by anything but shards. */
export function hasCondition({ parts, postFilter, raw }: RequestNode): boolean {
  const clauses = [parts.must, parts.filter, parts.should, parts.mustNot, postFilter];
  return raw['query'] !== undefined || clauses.some((list) => list !== undefined && list.length > 0);
}

/** @throws SearchQueryError for a change of documents that `raw.query` and conditions both choose, or that nothing does. */
export function assertChosen(call: QueryCall, request: RequestNode, all: boolean): void {
  const { must, filter, should, mustNot } = request.parts;
  const clauses = [must, filter, should, mustNot].some((list) => list !== undefined && list.length > 0);
  if (clauses && request.raw['query'] !== undefined)
    throw new SearchQueryError(
      'raw.query',
      `${call}() does not carry raw.query beside must, filter, should or mustNot, which it would replace: put it into filter((q) => q.raw(…))`,
    );
  const conditions = hasCondition(request);
  if (!conditions && !all)
    throw new SearchQueryError('all', `${call}() needs a condition, or { all: true } to reach every document`);
  if (conditions && all)
    throw new SearchQueryError('all', `${call}() is given { all: true } and a condition: leave out one of them`);
}
