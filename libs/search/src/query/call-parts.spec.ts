import { SearchQueryError } from '../errors/query.errors.js';
import {
  assertCarried,
  assertChosen,
  carries,
  hasCondition,
  QUERY_CALLS,
  QUERY_PARTS,
  type QueryCall,
  type QueryPart,
} from './call-parts.js';
import { clauseBuilder } from './clauses/clause.js';
import { EMPTY_REQUEST, type RequestNode } from './request.js';

const clause = clauseBuilder<object>().matchAll();
const bool = (parts: RequestNode['parts']): Partial<RequestNode> => ({ parts });
const option = (options: RequestNode['options']): Partial<RequestNode> => ({ options });

/** A request with this part alone. */
const ASKING: Readonly<Record<QueryPart, Partial<RequestNode>>> = {
  must: bool({ must: [clause] }),
  filter: bool({ filter: [clause] }),
  should: bool({ should: [clause] }),
  mustNot: bool({ mustNot: [clause] }),
  minimumShouldMatch: bool({ minimumShouldMatch: 0 }),
  'raw.query': { raw: { query: {} } },
  raw: { raw: { fields: [] } },
  postFilter: { postFilter: [clause] },
  sort: { sort: [{ by: 'field', field: 'id', direction: 'asc', options: {} }] },
  page: { page: { from: 0, size: 10 } },
  searchAfter: { searchAfter: [] },
  inIndex: { inIndex: 'other' },
  pointInTime: { pointInTime: { id: 'p', keepAlive: undefined } },
  source: { source: false },
  dates: { dates: true },
  highlight: { highlight: [{ field: 'title', options: {} }] },
  highlightEncoder: { highlightEncoder: 'html' },
  collapse: { collapse: { field: 'author', options: {} } },
  rescore: { rescore: [{ query: clause, options: {} }] },
  aggregations: { aggregations: { all: { kind: 'avg', field: 'price', options: {} } } },
  suggest: { suggest: { words: { kind: 'term', field: 'title', text: 'x', options: {} } } },
  'options.minScore': option({ minScore: 0 }),
  'options.routing': option({ routing: '' }),
  'options.preference': option({ preference: '_local' }),
  'options.searchType': option({ searchType: 'query_then_fetch' }),
  'options.requestCache': option({ requestCache: false }),
  'options.terminateAfter': option({ terminateAfter: 1 }),
  'options.serverTimeoutMs': option({ serverTimeoutMs: 1 }),
  'options.trackTotalHits': option({ trackTotalHits: false }),
  'options.trackScores': option({ trackScores: false }),
  'options.explain': option({ explain: false }),
  'options.profile': option({ profile: false }),
};
const requestOf = (part: Partial<RequestNode>): RequestNode => ({ ...EMPTY_REQUEST, ...part });

function refusalOf(call: QueryCall, request: RequestNode): SearchQueryError | undefined {
  try {
    assertCarried(call, request);
    return undefined;
  } catch (error) {
    return error as SearchQueryError;
  }
}

describe('the parts of a query', () => {
  it.each(QUERY_PARTS)('%s is carried, or refused by its name', (part) => {
    const name = part === 'raw' ? 'raw.fields' : part;
    for (const call of QUERY_CALLS) {
      const refusal = refusalOf(call, requestOf(ASKING[part]));
      if (carries(call, part)) expect(refusal).toBeUndefined();
      else {
        expect(refusal).toBeInstanceOf(SearchQueryError);
        expect(refusal).toMatchObject({ subject: name, value: [name] });
        expect(refusal!.message).toMatch(`${call}() does not carry ${name}: `);
        expect(refusal!.message.length).toBeGreaterThan(`${call}() does not carry ${name}: `.length + 15);
      }
    }
  });

  it('are none in a request that asks for nothing', () => {
    const empty: Partial<RequestNode>[] = [
      {},
      bool({ must: [], filter: [], should: [], mustNot: [] }),
      { sort: [], postFilter: [], highlight: [], rescore: [], dates: false },
      option({ minScore: undefined, profile: undefined }),
    ];
    for (const request of empty.map(requestOf)) {
      for (const call of QUERY_CALLS) expect(refusalOf(call, request)).toBeUndefined();
      expect(hasCondition(request)).toBe(false);
    }
  });

  it('are all named at once, each once, in their order', () => {
    const all = requestOf({
      ...ASKING.sort,
      ...ASKING.highlight,
      ...ASKING['options.explain'],
      raw: { size: 1, explain: true },
    });
    const refusal = refusalOf('count', all);
    expect(refusal!.value).toEqual(['sort', 'highlight', 'options.explain', 'raw.size', 'raw.explain']);
    expect(refusal!.subject).toBe('sort');
  });

  it.each<[QueryCall, Partial<RequestNode>, string]>([
    ['count', ASKING.sort, 'leave it out here; search(), searchMany(), across(), paginate(), stream() do'],
    ['paginate', ASKING.page, 'give page and size to paginate() itself'],
    ['stream', ASKING.pointInTime, 'a stream opens its own'],
    ['explain', ASKING['options.routing'], 'give routing to explain() itself'],
    ['deleteByQuery', ASKING.inIndex, 'documents are changed where the model writes them'],
    ['paginate', { raw: { from: 5 } }, 'give page and size to paginate() itself'],
    ['stream', { raw: { slice: {} } }, 'leave it out here; search(), searchMany(), across() do'],
    ['search', { raw: { aggs: {} } }, 'use aggregate((a) => ({ name: a.raw(…) }))'],
    ['search', { raw: { version: true } }, 'get() returns it'],
    [
      'count',
      { raw: { min_score: 1 } },
      'leave it out here; search(), searchMany(), across(), paginate(), stream() do',
    ],
    ['count', { raw: { toString: 1 } }, 'leave it out here; search(), searchMany(), across(), paginate(), stream() do'],
  ])('%s() says what to do instead: %j', (call, part, remedy) => {
    expect(refusalOf(call, requestOf(part))?.message.split(': ').slice(1).join(': ')).toBe(remedy);
  });

  it.each<[QueryCall, object]>([
    ['search', { query: {}, from: 1, size: 1, profile: true, min_score: 1, fields: [] }],
    ['stream', { query: {}, timeout: '1s', docvalue_fields: [] }],
    ['count', { query: {} }],
    ['updateByQuery', { query: {} }],
  ])('%s() carries these of raw: %j', (call, raw) => {
    expect(refusalOf(call, requestOf({ raw: raw as never }))).toBeUndefined();
  });
});

describe('a change by query', () => {
  const assert = (part: Partial<RequestNode>, all: boolean) => () =>
    assertChosen('deleteByQuery', requestOf(part), all);

  it.each(['must', 'filter', 'should', 'mustNot', 'postFilter', 'raw.query'] as const)('is chosen by %s', (part) => {
    expect(hasCondition(requestOf(ASKING[part]))).toBe(true);
    expect(assert(ASKING[part], false)).not.toThrow();
    expect(assert(ASKING[part], true)).toThrow('is given { all: true } and a condition: leave out one of them');
  });

  it('reaches every document where that is said, and never by leaving conditions out', () => {
    expect(assert({}, true)).not.toThrow();
    for (const part of [{}, ASKING['options.routing'], ASKING.minimumShouldMatch, { raw: { size: 1 } }])
      expect(assert(part, false)).toThrow(
        'deleteByQuery() needs a condition, or { all: true } to reach every document',
      );
  });

  it.each(['must', 'filter', 'should', 'mustNot'] as const)('is chosen by raw.query or by %s, not by both', (part) => {
    const both = { ...ASKING[part], ...ASKING['raw.query'] };
    expect(assert(both, false)).toThrow(
      'deleteByQuery() does not carry raw.query beside must, filter, should or mustNot',
    );
    expect(assert({ ...ASKING.postFilter, ...ASKING['raw.query'] }, false)).not.toThrow();
  });
});
