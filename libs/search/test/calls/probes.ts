import type { SearchQuery } from '@rookery/search';
import type { QueryPart } from '../../src/query/call-parts.js';
import type { Cell } from './entities.js';

export type AnyCell = SearchQuery<Cell, unknown, unknown, unknown>;

/** What a part changes: the answer to `base` and to `base` with the part differ, wherever it is carried. */
export interface Probe {
  readonly base?: (query: AnyCell) => AnyCell;
  readonly add: (query: AnyCell, facts: ProbeFacts) => AnyCell;
  /** The value is one that the engine refuses: its refusal shows that the part arrived. */
  readonly engineRefuses?: true;
}

export interface ProbeFacts {
  readonly pointInTime: string;
  /** Another index of the model, which lacks `tag`. */
  readonly inIndex: string;
  /** Of half the documents. */
  readonly routing: string;
}

const words = (query: AnyCell): AnyCell => query.must((q) => q.match('text', 'silver'));
const marked = (query: AnyCell): AnyCell => words(query).highlight('text');

export const PROBES: Readonly<Record<QueryPart, Probe>> = {
  must: { add: words },
  filter: { add: (query) => query.filter((q) => q.term('tag', 'x')) },
  should: { add: (query) => query.should((q) => q.term('tag', 'x')) },
  mustNot: { add: (query) => query.mustNot((q) => q.term('tag', 'x')) },
  minimumShouldMatch: {
    base: (query) => query.should((q) => [q.term('tag', 'x'), q.match('text', 'iron')]),
    add: (query) => query.minimumShouldMatch(2),
  },
  'raw.query': { add: (query) => query.raw({ query: { term: { tag: 'x' } } }) },
  raw: { add: (query) => query.raw({ docvalue_fields: ['n'] }) },
  postFilter: { add: (query) => query.postFilter((q) => q.term('tag', 'x')) },
  sort: { add: (query) => query.sort('n', 'desc') },
  page: { add: (query) => query.page({ size: 2 }) },
  searchAfter: { base: (query) => query.sort('n'), add: (query) => query.searchAfter([2]) },
  inIndex: {
    base: (query) => query.filter((q) => q.term('tag', 'x')),
    add: (query, { inIndex }) => query.inIndex(inIndex),
  },
  pointInTime: { add: (query, { pointInTime }) => query.pointInTime(pointInTime) },
  source: { add: (query) => query.source(['n']) },
  dates: { add: (query) => query.dates() },
  highlight: { base: words, add: (query) => query.highlight('text') },
  highlightEncoder: { base: marked, add: (query) => query.highlightEncoder('html') },
  collapse: { add: (query) => query.collapse('tag') },
  rescore: { base: words, add: (query) => query.rescore((q) => q.term('tag', 'x'), { rescoreQueryWeight: 9 }) },
  aggregations: { add: (query) => query.aggregate((a) => ({ sum: a.sum('n') })) },
  suggest: { add: (query) => query.suggest((s) => ({ meant: s.term('text', 'silvr') })) },
  'options.minScore': { base: words, add: (query) => query.options({ minScore: 100 }) },
  'options.routing': { add: (query, { routing }) => query.options({ routing }) },
  'options.preference': { add: (query) => query.options({ preference: '_shards:0' }) },
  'options.searchType': { add: (query) => query.options({ searchType: 'none' as never }), engineRefuses: true },
  'options.requestCache': { add: (query) => query.options({ requestCache: 'maybe' as never }), engineRefuses: true },
  'options.terminateAfter': { add: (query) => query.options({ terminateAfter: 1 }) },
  'options.serverTimeoutMs': { add: (query) => query.options({ serverTimeoutMs: 1e21 }), engineRefuses: true },
  'options.trackTotalHits': { add: (query) => query.options({ trackTotalHits: false }) },
  'options.trackScores': { base: (query) => query.sort('n'), add: (query) => query.options({ trackScores: true }) },
  'options.explain': { add: (query) => query.options({ explain: true }) },
  'options.profile': { add: (query) => query.options({ profile: true }) },
};
