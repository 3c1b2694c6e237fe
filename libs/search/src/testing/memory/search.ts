import type { SearchRequest, SearchResponse } from '../../contracts/engine.js';
import { aggregate } from './aggregations/aggregate.js';
import type { Found } from './found.js';
import { hitOf, inOrder } from './hits.js';
import type { MemoryIndex } from './memory-index.js';
import { compileQuery } from './query/query.js';
import type { Matcher } from './query/matcher.js';
import { assertClaimed, refused, unclaimed } from './refusals.js';
import { compareBy, sortKeys } from './sort.js';
import type { StoredDocument } from './stored.js';

/** What one index shows to a search. */
export interface View {
  readonly index: MemoryIndex;
  readonly documents: readonly StoredDocument[];
}

const BODY = [
  ...['query', 'post_filter', 'from', 'size', 'sort', 'search_after', 'pit', 'slice', '_source', 'track_total_hits'],
  ...['track_scores', 'aggs', 'aggregations', 'timeout', 'version', 'seq_no_primary_term'],
];
const PARAMETERS = ['routing', 'preference', 'request_cache', 'search_type'];
const MAX_WINDOW = 10_000;
const COUNTED = 10_000;

type Json = Readonly<Record<string, unknown>>;

/** @param now epoch milliseconds */
export function searchIn(
  views: readonly View[],
  { body, parameters = {} }: SearchRequest,
  now: number,
): SearchResponse {
  assertClaimed('a search', body, BODY);
  const matching = matchingIn(views, body, parameters, now);
  const { from = 0, size = 10, sort, search_after, _source } = body as { from?: number; size?: number } & Json;
  assertWindow(from, size, search_after);
  const [first] = views;
  const keys = first ? sortKeys(sort, sortContext(first.index, now)) : [];
  if (Array.isArray(search_after) && search_after.length !== keys.length)
    throw refused(
      'illegal_argument_exception',
      `search_after has ${search_after.length} value(s) but sort has ${keys.length}.`,
    );
  const passed = filteredBy(views, body['post_filter'], matching, now);
  const ranked = inOrder(passed, keys);
  const after = Array.isArray(search_after) ? search_after.map((value, at) => keys[at]!.read(value)) : undefined;
  const rest = after ? ranked.filter((one) => compareBy(keys, one.keys, after) > 0) : ranked;
  const scored = keys.length === 0 || body['track_scores'] === true || scoreIsKey(sort);
  const hits = rest
    .slice(from, from + size)
    .map((one) => hitOf(one, keys, { scored, source: _source, named: namedIn(views, body, now) }));
  const aggregations = first && aggregate(body['aggs'] ?? body['aggregations'], first.index, matching, now);
  return {
    took: 0,
    timed_out: false,
    hits: {
      ...totalOf(passed.length, body['track_total_hits']),
      max_score: scored && passed.length > 0 && size > 0 ? Math.max(...passed.map(({ score }) => score)) : null,
      hits,
    },
    ...(aggregations ? { aggregations } : {}),
    ...pointInTimeIn(body),
    _shards: { total: views.reduce((sum, { index }) => sum + index.shards, 0) },
  };
}

/** The documents that match, whatever page, order and `post_filter` say. */
export function matchingIn(views: readonly View[], body: Json, parameters: Json, now: number): readonly Found[] {
  assertClaimed('the address of a search', parameters, PARAMETERS);
  if (String(parameters['preference'] ?? '').startsWith('_shards')) throw unclaimed('the preference `_shards`');
  const routings = parameters['routing'] === undefined ? undefined : String(parameters['routing']).split(',');
  const { id, max } = (body['slice'] ?? { id: 0, max: 1 }) as { id: number; max: number };
  let at = 0;
  return views.flatMap(({ index, documents }) => {
    const { matches } = compileQuery(body['query'], index, now);
    const shards = routings && new Set(routings.map((routing) => index.shardOf({ id: '', routing })));
    return documents.flatMap((stored): Found[] => {
      at += 1;
      if ((shards && !shards.has(stored.shard)) || stored.shard % max !== id) return [];
      const score = matches({ id: stored.id, document: stored.indexed });
      return score === undefined ? [] : [{ stored, score, at }];
    });
  });
}

function filteredBy(views: readonly View[], filter: unknown, found: readonly Found[], now: number): readonly Found[] {
  if (filter === undefined) return found;
  const filters = new Map(views.map(({ index }) => [index.name, compileQuery(filter, index, now).matches]));
  return found.filter(
    ({ stored }) => filters.get(stored.index)!({ id: stored.id, document: stored.indexed }) !== undefined,
  );
}

function namedIn(views: readonly View[], body: Json, now: number): ReadonlyMap<string, ReadonlyMap<string, Matcher>> {
  return new Map(views.map(({ index }) => [index.name, compileQuery(body['query'], index, now).context.named]));
}

function sortContext(index: MemoryIndex, now: number) {
  const { context } = compileQuery({ match_all: {} }, index, now);
  const compileIn = (path: string, query: unknown) => context.compile(query, { ...context, nested: path });
  return { fields: index.fields, now, compileIn };
}

function assertWindow(from: number, size: number, after: unknown): void {
  if (from + size > MAX_WINDOW)
    throw refused(
      'illegal_argument_exception',
      `Result window is too large, from + size must be less than or equal to: [${MAX_WINDOW}] but was [${from + size}].`,
    );
  if (after !== undefined && from > 0)
    throw refused('validation_exception', '`from` parameter must be set to 0 when `search_after` is used.');
}

function totalOf(found: number, tracked: unknown = COUNTED): Pick<SearchResponse['hits'], 'total'> {
  if (tracked === false) return {};
  const most = tracked === true ? Infinity : Number(tracked);
  return { total: found > most ? { value: most, relation: 'gte' } : { value: found, relation: 'eq' } };
}

function scoreIsKey(sort: unknown): boolean {
  return [sort ?? []]
    .flat()
    .some((one) => one === '_score' || (typeof one === 'object' && one !== null && '_score' in one));
}

function pointInTimeIn({ pit }: Json): Pick<SearchResponse, 'pit_id'> {
  return pit === undefined ? {} : { pit_id: (pit as { id: string }).id };
}
