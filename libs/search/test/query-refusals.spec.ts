import { SearchQueryError, type SearchQuery } from '@rookery/search';
import { Book, offline, PARIS, Picture } from './query-library.js';

describe('refusals before anything is sent', () => {
  const books = offline(Book);
  const pictures = offline(Picture);
  const query = () => books.query();
  const untyped = (value: unknown): never => value as never;

  function refusalOf(ask: () => { toBody(): unknown }): SearchQueryError {
    try {
      ask().toBody();
    } catch (error) {
      if (error instanceof SearchQueryError) return error;
      throw error;
    }
    throw new Error('it was not refused');
  }

  /** Name, request, what the message has to hold, the value received. */
  const CASES: [string, () => { toBody(): unknown }, string, unknown?][] = [
    // Fields
    [
      'a field that is not there',
      () => query().must((q) => q.prefix(untyped('titel'), 'x')),
      '`titel` is no field of offline-books: use one of id, title, body',
      'titel',
    ],
    [
      'a wrong field of a relation',
      () => query().filter((q) => q.term(untyped('publisher.street'), untyped('x'))),
      'use one of publisher.name, publisher.city',
    ],
    [
      'a wrong field of an aggregation',
      () => query().aggregate((a) => ({ x: a.avg(untyped('cost')) })),
      '`cost` is no field',
    ],
    ['a wrong field in source', () => query().source(untyped(['titel'])), '`titel` is no field'],
    [
      'a wrong field to suggest from',
      () => query().suggest((s) => ({ x: s.term(untyped('titel'), 'x') })),
      '`titel` is no field',
    ],
    // Text against keyword
    ['an order by text', () => query().sort('title'), '`title` is text; sort by `title.raw`', 'title'],
    [
      'a time that is none for those without',
      () => query().sort('published', 'asc', { missing: 'soon' }),
      "`published` needs '_first', '_last', a Date, ISO 8601 or whole milliseconds for those without",
      'soon',
    ],
    [
      'an order by text without a sub-field',
      () => query().sort('body'),
      "`body` is text; give its property @SearchField({ fields: { raw: { type: 'keyword' } } }), then sort by `body.raw`",
    ],
    [
      'a term in text',
      () => query().filter((q) => q.terms('title', ['x'])),
      '`title` is text; use match on it, or term on `title.raw`',
    ],
    ['groups by text', () => query().collapse('title'), '`title` is text; collapse by `title.raw`'],
    [
      'facets of text',
      () => query().aggregate((a) => ({ x: a.cardinality('title') })),
      '`title` is text; aggregate by `title.raw`',
    ],
    [
      'words in a keyword',
      () => query().must((q) => q.matchPhrasePrefix('author', 'x')),
      '`author` is keyword; this needs a text field',
    ],
    [
      'intervals in a keyword',
      () => query().must((q) => q.intervals('author', (i) => i.match('x'))),
      '`author` is keyword',
    ],
    [
      'a pattern in numbers',
      () => query().must((q) => q.prefix(untyped('pages'), '1')),
      '`pages` is integer; a pattern needs letters',
    ],
    [
      'completions from text',
      () => query().suggest((s) => ({ x: s.completion('title', 'a') })),
      "`title` is text; completions need @SearchField({ type: 'completion' })",
    ],
    [
      'a distance from a number',
      () => query().filter((q) => q.geoDistance(untyped('pages'), PARIS, '1km')),
      '`pages` is integer; a distance or area needs a geo_point',
    ],
    [
      'a score from a keyword',
      () => query().must((q) => q.functionScore(q.matchAll(), (f) => f.fieldValueFactor(untyped('author')))),
      '`author` is keyword; a score needs a numeric field',
    ],
    [
      'a metric of a keyword',
      () => query().aggregate((a) => ({ x: a.sum(untyped('author')) })),
      '`author` is keyword; this aggregation needs numbers or dates',
    ],
    [
      'neighbours of numbers',
      () => query().must((q) => q.knn('pages', [1], { k: 1 })),
      "`pages` is integer; knn needs @SearchField({ type: 'knn_vector', dimension })",
    ],
    // Nested fields
    [
      'a nested field outside of nested',
      () => query().filter((q) => q.term('reviews.reviewer', 'ann')),
      "`reviews.reviewer` is inside the nested field `reviews`: use nested('reviews', …)",
    ],
    [
      'a field of the document inside of nested',
      () => query().filter((q) => q.nested('reviews', q.term('author', 'x'))),
      "`author` is outside the nested field `reviews`: query it outside of nested('reviews', …)",
    ],
    [
      'nested on a relation that is not',
      () => query().filter((q) => q.nested('publisher', q.matchAll())),
      '`publisher` is object; match it without nested(…)',
    ],
    [
      'facets of a nested field outside of nested',
      () => query().aggregate((a) => ({ x: a.terms('reviews.reviewer') })),
      'use nested',
    ],
    [
      'facets of the document inside of nested',
      () => query().aggregate((a) => ({ x: a.nested('reviews', { aggs: (b) => ({ y: b.terms('author') }) }) })),
      'is outside the nested field',
    ],
    [
      'facets of elements after reverseNested',
      () =>
        query().aggregate((a) => ({
          x: a.nested('reviews', {
            aggs: (b) => ({ y: b.reverseNested({ aggs: (c) => ({ z: c.avg('reviews.stars') }) }) }),
          }),
        })),
      'use nested',
    ],
    [
      'documents among elements',
      () => query().aggregate((a) => ({ x: a.nested('reviews', { aggs: (b) => ({ y: b.topHits() }) }) })),
      "the hits inside of nested('reviews') are its elements: use topElements('reviews')",
    ],
    [
      'elements among documents',
      () => query().aggregate((a) => ({ x: a.topElements('reviews') })),
      "the hits here are documents: put topElements('reviews') inside of nested('reviews', …)",
    ],
    [
      'a way back to no nested field',
      () =>
        query().aggregate((a) => ({
          x: a.nested('reviews', { aggs: (b) => ({ y: b.reverseNested({ path: 'author' }) }) }),
        })),
      '`author` is keyword; match it without nested',
    ],
    // What the builders did not make
    [
      'a body for a clause',
      () => query().must(() => untyped({ match: { title: 'x' } })),
      'a clause is made by the builder, as in q.match(…); a body of your own goes into q.raw(…) (got {"match":{"title":"x"}})',
    ],
    ...['constructor', 'toString', '__proto__', 'hasOwnProperty'].flatMap((kind): typeof CASES => [
      [`a clause of the kind ${kind}`, () => query().must(() => untyped({ kind })), 'a clause is made by the builder'],
      [
        `an aggregation of the kind ${kind}`,
        () => query().aggregate(() => ({ x: untyped({ kind }) })),
        '`x` is made by the builder',
      ],
    ]),
    ['nothing for a clause', () => query().filter(() => untyped(undefined)), '(got undefined)'],
    [
      'a body for an aggregation',
      () => query().aggregate(() => ({ x: untyped({ terms: { field: 'author' } }) })),
      '`x` is made by the builder, as in a.terms(…)',
    ],
    // Values
    ['NaN', () => query().filter((q) => q.term('pages', NaN)), '(got NaN)', NaN],
    ['infinity', () => query().filter((q) => q.range('price', { gte: Infinity })), '(got Infinity)', Infinity],
    [
      'NaN for a boost',
      () => query().must((q) => q.match('title', 'x', { boost: NaN })),
      '`boost` needs a string, a finite number',
      NaN,
    ],
    [
      'NaN for the boost of a field',
      () => query().must((q) => q.multiMatch(['title'], 'x', { boosts: { title: NaN } })),
      '`boost` needs',
    ],
    [
      'an invalid date',
      () => query().filter((q) => q.range('published', { gte: new Date('never') })),
      '(got Invalid Date)',
    ],
    ['null for a value', () => query().filter((q) => q.term('author', untyped(null))), '(got null)'],
    ['no terms', () => query().filter((q) => q.terms('author', [])), 'needs 1 to 65536 values (got 0)'],
    [
      'no list of terms',
      () => query().filter((q) => q.terms('author', untyped('x'))),
      "needs a list of values (got 'x')",
    ],
    [
      '70,000 terms',
      () =>
        query().filter((q) =>
          q.terms(
            'pages',
            Array.from({ length: 70_000 }, (_, at) => at),
          ),
        ),
      '(got 70000): split them, or keep them in a document and use termsLookup',
      70_000,
    ],
    ['no ids', () => query().filter((q) => q.ids([])), 'ids needs 1 to 65536 values (got 0)'],
    [
      'a lookup without an id',
      () => query().filter((q) => q.termsLookup('author', untyped({ index: 'x', path: 'author' }))),
      'author: lookup.id',
    ],
    [
      'words that are no string',
      () => query().must((q) => q.simpleQueryString(untyped(7))),
      '`simpleQueryString` needs a string to search for (got 7)',
      7,
    ],
    [
      'a boost for another field',
      () => query().must((q) => q.multiMatch(['title'], 'x', { boosts: untyped({ body: 2 }) })),
      'multiMatch has a boost for `body`, which is not among its fields',
    ],
    [
      'no fields to be like',
      () => query().must((q) => q.moreLikeThis([], 'x')),
      'moreLikeThis needs at least one field',
    ],
    ['nothing to be like', () => query().must((q) => q.moreLikeThis(['title'], [])), 'needs a text or a document'],
    [
      'a place that is none',
      () => query().filter((q) => q.geoDistance('at', { lat: 91, lon: 0 }, '1km')),
      '`at` needs { lat: -90 to 90, lon: -180 to 180 } (got {"lat":91,"lon":0})',
    ],
    [
      'a distance without a unit',
      () => query().filter((q) => q.geoDistance('at', PARIS, untyped('12'))),
      "needs a distance with its unit, such as '12km' (got '12')",
    ],
    [
      'a polygon of two points',
      () => query().filter((q) => q.geoPolygon('at', [PARIS, PARIS])),
      'needs three points or more (got 2)',
    ],
    [
      'an empty vector',
      () => pictures.query().must((q) => q.knn('vector', [], { k: 1 })),
      'needs a vector of finite numbers',
    ],
    ['a vector with NaN', () => pictures.query().must((q) => q.knn('vector', [1, NaN], { k: 1 })), '(got NaN)'],
    [
      'no neighbours',
      () => pictures.query().must((q) => q.knn('vector', [1, 1], { k: 0 })),
      'k must be a whole number of 1 or more (got 0)',
    ],
    ['no queries in disMax', () => query().must((q) => q.disMax([])), 'disMax needs at least one query'],
    [
      'no functions',
      () => query().must((q) => q.functionScore(q.matchAll(), () => [])),
      'functionScore needs at least one function',
    ],
    [
      'a decay of 1',
      () =>
        query().must((q) =>
          q.functionScore(q.matchAll(), (f) => f.decay('gauss', 'pages', { origin: 1, scale: 1, decay: 1 })),
        ),
      'decay on `pages` must be between 0 and 1 (got 1)',
    ],
    [
      'a script that is none',
      () => query().must((q) => q.scriptScore(q.matchAll(), untyped(undefined))),
      'script must be a source',
    ],
    // Requests
    [
      'hits beyond the end of pages',
      () => query().page({ from: 9_990, size: 20 }),
      'pages end at hit 10000: narrow the query, or go on from the last hit with the cursor searchAfter(hit.sort)',
      10_010,
    ],
    ['a page beyond the end of pages', () => query().page({ number: 501, size: 20 }), 'searchAfter(hit.sort)'],
    ['half a size', () => query().page({ size: 1.5 }), 'page.size must be a whole number of 0 or more (got 1.5)', 1.5],
    ['a negative from', () => query().page({ from: -1 }), 'page.from must be a whole number of 0 or more (got -1)'],
    [
      'a cursor without an order',
      () => query().searchAfter([1]),
      'searchAfter needs one value per sort(…): give it hit.sort (got 1 values for 0 sorts)',
    ],
    [
      'a cursor of another order',
      () => query().sort('id').sort('pages').searchAfter([1]),
      '(got 1 values for 2 sorts)',
    ],
    [
      'a cursor on a later page',
      () => query().sort('id').page({ number: 2 }).searchAfter([1]),
      'the page must be the first',
    ],
    ['a cursor with NaN', () => query().sort('pages').searchAfter([NaN]), '(got NaN)'],
    [
      'no point in time',
      () => query().pointInTime(''),
      "pointInTime needs the id that openPointInTime() gave (got '')",
    ],
    [
      'a point in time that lives for words',
      () => query().pointInTime('x', untyped('long')),
      "keepAlive must be a time such as '1m' (got 'long')",
    ],
    [
      'a timeout of 0',
      () => query().options({ serverTimeoutMs: 0 }),
      'serverTimeoutMs must be a whole number of 1 or more (got 0)',
    ],
    ['NaN for a least score', () => query().options({ minScore: NaN }), '`minScore` needs'],
    // Aggregations
    [
      'no buckets',
      () => query().aggregate((a) => ({ x: a.terms('author', { size: 0 }) })),
      'terms on `author` needs a size of 1 or more (got 0)',
    ],
    [
      'an order by what is not there',
      () => query().aggregate((a) => ({ x: a.terms('author', { order: { price: 'asc' } }) })),
      "order of `author` names 'price': use key, count or one of its aggs (got none)",
    ],
    [
      'an interval of 0',
      () => query().aggregate((a) => ({ x: a.histogram('pages', { interval: 0 }) })),
      'needs an interval above 0 (got 0)',
    ],
    [
      'no interval',
      () => query().aggregate((a) => ({ x: a.dateHistogram('published', untyped({})) })),
      "needs a calendarInterval, or a fixedInterval such as '12h'",
    ],
    [
      'no sources',
      () => query().aggregate((a) => ({ x: a.composite(() => ({})) })),
      'composite needs at least one source',
    ],
    [
      'no ranges',
      () => query().aggregate((a) => ({ x: a.range('pages', []) })),
      'range on `pages` needs at least one range',
    ],
    [
      'a range without ends',
      () => query().aggregate((a) => ({ x: a.range('pages', untyped([{}])) })),
      'needs from or to',
    ],
    ['no filters', () => query().aggregate((a) => ({ x: a.filters(() => ({})) })), 'filters needs at least one clause'],
    [
      'a precision of 13',
      () => query().aggregate((a) => ({ x: a.geohashGrid('at', { precision: 13 }) })),
      'needs a precision of 1 to 12 (got 13)',
    ],
    [
      'a percentile of 101',
      () => query().aggregate((a) => ({ x: a.percentiles('price', [101]) })),
      'must be 0 to 100 (got 101)',
    ],
    [
      'no percentiles',
      () => query().aggregate((a) => ({ x: a.percentiles('price', []) })),
      'needs at least one number',
    ],
    [
      'one field of multiTerms',
      () => query().aggregate((a) => ({ x: a.multiTerms(untyped(['author'])) })),
      'multiTerms needs two fields or more',
    ],
  ];
  it.each(CASES)('%s', (_name, ask, message, ...value) => {
    const refusal = refusalOf(ask);
    expect(refusal.message).toContain(message);
    expect(refusal.code).toBe('SEARCH_QUERY_INVALID');
    if (value.length > 0) expect(refusal.value).toBe(value[0]);
  });

  it('200 clauses in one another', () => {
    const nest = (depth: number): SearchQuery<Book> => {
      let clauses = query().must((q) => q.term('pages', 1)).request.parts.must!;
      for (let level = 0; level < depth; level += 1)
        clauses = query().must((q) => q.bool({ must: clauses })).request.parts.must!;
      return query().must(() => clauses);
    };
    expect(refusalOf(() => nest(200)).message).toBe(
      'clauses stand 100 deep in one another at most: put them beside one another in one bool',
    );
    expect(refusalOf(() => nest(20_000)).message).toContain('100 deep');
    expect(() => nest(98).toBody()).not.toThrow();
    expect(() => refusalOf(() => nest(200)) && nest(98).toBody()).not.toThrow();
  });

  it('a point in time with a routing', async () => {
    await expect(query().pointInTime('x').options({ routing: 'a' }).search()).rejects.toThrow(
      'a point in time keeps its own shards',
    );
  });

  it('drops no name of a body, an option or a parameter', () => {
    const named = (value: unknown): never =>
      untyped(JSON.parse(JSON.stringify({ x: value }).replace('"x"', '"__proto__"')));
    for (const made of [
      query().sort('published', 'asc', named(1)),
      query().sortByScript('number', { source: '1', params: named(1) }),
      query().must((q) => q.match('title', 'x', named(1))),
      query().must((q) => q.raw({ term: named('x') })),
      query().highlight('title', named(1)),
      query().raw(named(1)),
      query().aggregate((a) => ({ x: a.terms('author', named(1)) })),
    ])
      expect(JSON.stringify(made.toBody())).toContain('"__proto__":');
  });

  it('leaves the caller their objects, and keeps its own', () => {
    const filter = { gte: 1 };
    const terms = [1, 2];
    const params = { by: [1] };
    const kept = query()
      .filter((q) => [q.range('pages', filter), q.terms('pages', terms)])
      .must((q) => q.scriptScore(q.matchAll(), { source: 'x', params }));
    const before = JSON.stringify(kept.toBody());
    filter.gte = 9;
    terms.push(3);
    params.by.push(2);
    expect(JSON.stringify(kept.toBody())).toBe(before);
  });
});
