import type { SearchRequest, SearchResponse } from '../../contracts/engine.js';
import { aggregate } from './aggregations/aggregate.js';
import type { Found } from './found.js';
import { hitOf, inOrder, type Order, type Ranked } from './hits.js';
import type { MemoryIndex } from './memory-index.js';
import { compileQuery } from './query/query.js';
import type { Matcher } from './query/matcher.js';
import { assertClaimed, refused, unclaimed } from './refusals.js';
import { compareBy, sortKeys } from './sort.js';
import type { StoredDocument } from './stored.js';
import { textOf } from './text.js';

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
export function searchIn(views: readonly View[], request: SearchRequest, now: number): SearchResponse {
  const { body, parameters = {} } = request;
  assertClaimed('a search', body, BODY);
  const matching = matchingIn(views, body, parameters, now);
  const passed = filteredBy(views, body['post_filter'], matching, now);
  const order = orderOf(views, body['sort'], now);
  const scored = order.keys.length === 0 || body['track_scores'] === true || scoreIsKey(body['sort']);
  const named = namedIn(views, body, now);
  const page = pageOf(body, inOrder(passed, order), order);
  const shown = { scored, source: body['_source'], named };
  return {
    took: 0,
    timed_out: false,
    hits: {
      ...totalOf(passed.length, body['track_total_hits']),
      max_score: scored && page.length > 0 ? Math.max(...passed.map(({ score }) => score)) : null,
      hits: page.map((one) => hitOf(one, order, shown)),
    },
    ...aggregated(views, body, matching, now),
    ...pointInTimeIn(body),
    _shards: { total: views.reduce((sum, { index }) => sum + index.shards, 0) },
  };
}

function pageOf(body: Json, ranked: readonly Ranked[], { keys }: Order): readonly Ranked[] {
  const { from = 0, size = 10, search_after: after } = body as { from?: number; size?: number; search_after?: unknown };
  assertWindow(from, size, after);
  if (!Array.isArray(after)) return ranked.slice(from, from + size);
  if (after.length !== keys.length)
    throw refused(
      'illegal_argument_exception',
      `search_after has ${after.length} value(s) but sort has ${keys.length}.`,
    );
  const last = after.map((value, at) => keys[at]!.read(value));
  return ranked.filter((one) => compareBy(keys, one.values, last) > 0).slice(0, size);
}

/** Each index reads its own values. */
function orderOf(views: readonly View[], sort: unknown, now: number): Order {
  const byIndex = new Map(views.map(({ index }) => [index.name, sortKeys(sort, sortContext(index, now))]));
  const keys = byIndex.values().next().value ?? [];
  return { keys, keysOf: ({ stored }) => byIndex.get(stored.index) ?? keys };
}

function aggregated(views: readonly View[], body: Json, found: readonly Found[], now: number) {
  const asked = body['aggs'] ?? body['aggregations'];
  const [first, second] = views;
  if (asked === undefined || !first) return {};
  if (second) throw unclaimed('aggregations over several indices');
  return { aggregations: aggregate(asked, first.index, found, now) };
}

/** The documents that match, whatever page, order and `post_filter` are. */
export function matchingIn(views: readonly View[], body: Json, parameters: Json, now: number): readonly Found[] {
  assertClaimed('the address of a search', parameters, PARAMETERS);
  if (textOf(parameters['preference'] ?? '').startsWith('_shards')) throw unclaimed('the preference `_shards`');
  const routings = parameters['routing'] === undefined ? undefined : textOf(parameters['routing']).split(',');
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
