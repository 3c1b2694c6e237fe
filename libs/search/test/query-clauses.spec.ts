import type { ClauseBuilder, Clause } from '@rookery/search';
import { describeLibrary, idsOf, km, PARIS, type Book, Genre } from './query-library.js';

type Case = [name: string, make: (q: ClauseBuilder<Book>) => Clause, ids: string[]];

const FULL_TEXT: Case[] = [
  ['match', (q) => q.match('title', 'key'), ['1', '6']],
  ['match with all words', (q) => q.match('title', 'key sea', { operator: 'and' }), ['6']],
  [
    'match with letters that differ',
    (q) => q.match('title', 'silber', { fuzziness: 1, prefixLength: 2, maxExpansions: 10, fuzzyTranspositions: false }),
    ['1', '2', '4'],
  ],
  ['match with minimumShouldMatch', (q) => q.match('body', 'old silver shield', { minimumShouldMatch: 2 }), ['1', '3']],
  [
    'match of nothing but stop words',
    (q) => q.match('title', 'the', { zeroTermsQuery: 'all' }),
    ['1', '2', '3', '4', '5', '6'],
  ],
  ['match on a number', (q) => q.match('pages', '300'), ['3']],
  ['match that forgives words for a number', (q) => q.match('pages', 'many', { lenient: true }), []],
  ['matchPhrase', (q) => q.matchPhrase('body', 'old door'), ['1']],
  ['matchPhrase with a gap', (q) => q.matchPhrase('body', 'old shield', { slop: 1 }), ['3']],
  ['matchPhrasePrefix', (q) => q.matchPhrasePrefix('body', 'old d', { maxExpansions: 5 }), ['1']],
  ['matchBoolPrefix', (q) => q.matchBoolPrefix('body', 'sea por', { operator: 'and' }), ['5']],
  [
    'matchBoolPrefix on a search_as_you_type field',
    (q) => q.matchBoolPrefix('title.typed', 'silver sw', { operator: 'and' }),
    ['2'],
  ],
  [
    'multiMatch best_fields',
    (q) => q.multiMatch(['title', 'body'], 'iron', { type: 'best_fields', tieBreaker: 0.3 }),
    ['3'],
  ],
  ['multiMatch most_fields', (q) => q.multiMatch(['title', 'body'], 'mining', { type: 'most_fields' }), ['4']],
  [
    'multiMatch cross_fields',
    (q) => q.multiMatch(['author', 'genre'], 'fantasy', { type: 'cross_fields', operator: 'and' }),
    ['1', '2', '3'],
  ],
  ['multiMatch phrase', (q) => q.multiMatch(['title', 'body'], 'iron sword', { type: 'phrase' }), ['3']],
  ['multiMatch phrase_prefix', (q) => q.multiMatch(['title', 'body'], 'silver swo', { type: 'phrase_prefix' }), ['2']],
  [
    'multiMatch bool_prefix',
    (q) => q.multiMatch(['title.typed'], 'sea rou', { type: 'bool_prefix', operator: 'and' }),
    ['5'],
  ],
  ['queryString', (q) => q.queryString('title:silver AND NOT body:king', { defaultOperator: 'and' }), ['1']],
  [
    'queryString over fields',
    (q) => q.queryString('(iron OR ships) AND old', { fields: ['title', 'body'], boosts: { title: 2 } }),
    ['3'],
  ],
  ['simpleQueryString', (q) => q.simpleQueryString('"old door" | ships', { fields: ['body'] }), ['1', '5']],
  [
    'simpleQueryString that is malformed',
    (q) => q.simpleQueryString('"ships (', { fields: ['body'], flags: 'PHRASE|PREFIX' }),
    ['5'],
  ],
  [
    'intervals in an order',
    (q) => q.intervals('body', (i) => i.allOf([i.match('old'), i.match('shield')], { ordered: true, maxGaps: 1 })),
    ['3'],
  ],
  [
    'intervals of a prefix or a fuzzy word',
    (q) => q.intervals('body', (i) => i.anyOf([i.prefix('trav'), i.fuzzy('ironn', { fuzziness: 1 })])),
    ['3', '6'],
  ],
  ['intervals by wildcard', (q) => q.intervals('body', (i) => i.wildcard('min*s')), ['4']],
  ['intervals by regular expression', (q) => q.intervals('body', (i) => i.regexp('sh[aei]ps')), ['5']],
  [
    'intervals with a filter',
    (q) => q.intervals('body', (i) => i.match('silver', { filter: { after: i.match('old') } })),
    ['3'],
  ],
];

const TERMS: Case[] = [
  ['term on a keyword', (q) => q.term('author', 'Ada Moss'), ['1', '2']],
  ['term without case', (q) => q.term('author', 'ada moss', { caseInsensitive: true }), ['1', '2']],
  ['term on an enum', (q) => q.term('genre', Genre.Travel), ['6']],
  ['term on a boolean', (q) => q.term('inPrint', false), ['3', '5']],
  ['term on a bigint', (q) => q.term('serial', 1_000_000_000_004n), ['4']],
  ['term on a sub-field', (q) => q.term('title.raw', 'Iron Sword'), ['3']],
  ['term inside JSON', (q) => q.match('extra.shelf', 'odd'), ['1', '3', '5']],
  ['terms', (q) => q.terms('pages', [100, 600, 999]), ['1', '6']],
  ['terms in a relation', (q) => q.terms('publisher.city', ['York']), ['4', '5', '6']],
  ['range of numbers', (q) => q.range('price', { gt: 10, lte: 30 }), ['2', '3']],
  [
    'range of dates',
    (q) => q.range('published', { gte: new Date('1995-01-01'), lt: '2005-07-08||/d' }),
    ['3', '4', '5'],
  ],
  [
    'range of dates in a format and a time zone',
    (q) => q.range('published', { gte: '31/12/2010' }, { format: 'dd/MM/yyyy', timeZone: '+00:00' }),
    ['6'],
  ],
  ['range of keywords', (q) => q.range('author', { lt: 'Ben' }), ['1', '2']],
  ['exists', (q) => q.exists('price'), ['1', '2', '3', '4', '5']],
  ['ids', (q) => q.ids(['2', 4, 9n]), ['2', '4']],
  ['prefix on a keyword', (q) => q.prefix('author', 'Ca'), ['4', '5']],
  ['prefix on the words of a text', (q) => q.prefix('body', 'trav'), ['6']],
  ['wildcard', (q) => q.wildcard('author', '*o?s', { caseInsensitive: true }), ['1', '2']],
  ['regexp', (q) => q.regexp('author', '(Ben|Dov) .*', { flags: 'NONE', maxDeterminizedStates: 500 }), ['3', '6']],
  ['fuzzy', (q) => q.fuzzy('author', 'Ben Oaks', { fuzziness: 1, prefixLength: 1, transpositions: false }), ['3']],
];

const GEO: Case[] = [
  ['geoDistance', (q) => q.geoDistance('at', PARIS, km(400)), ['1', '2']],
  ['geoDistance on a plane', (q) => q.geoDistance('at', PARIS, '250mi', { distanceType: 'plane' }), ['1', '2']],
  [
    'geoBoundingBox',
    (q) => q.geoBoundingBox('at', { topLeft: { lat: 45, lon: -10 }, bottomRight: { lat: 40, lon: 20 } }),
    ['4', '5'],
  ],
  [
    'geoPolygon',
    (q) =>
      q.geoPolygon('at', [
        { lat: 55, lon: 10 },
        { lat: 55, lon: 20 },
        { lat: 50, lon: 20 },
        { lat: 50, lon: 10 },
      ]),
    ['3'],
  ],
];

const COMPOUND: Case[] = [
  [
    'bool',
    (q) =>
      q.bool({
        must: [q.match('title', 'silver')],
        filter: [q.range('pages', { gte: 200 })],
        mustNot: [q.term('genre', Genre.History)],
      }),
    ['2'],
  ],
  [
    'bool with minimumShouldMatch',
    (q) =>
      q.bool({
        should: [q.match('body', 'old'), q.match('body', 'sword'), q.match('body', 'king')],
        minimumShouldMatch: 2,
      }),
    ['2', '3'],
  ],
  ['matchAll', (q) => q.matchAll(), ['1', '2', '3', '4', '5', '6']],
  ['matchNone', (q) => q.matchNone(), []],
  ['constantScore', (q) => q.constantScore(q.term('author', 'Ben Oak'), { boost: 3 }), ['3']],
  ['disMax', (q) => q.disMax([q.match('title', 'iron'), q.match('body', 'ships')], { tieBreaker: 0.5 }), ['3', '5']],
  [
    'boosting',
    (q) =>
      q.boosting({ positive: q.match('title', 'sword'), negative: q.term('author', 'Ben Oak'), negativeBoost: 0.1 }),
    ['2', '3'],
  ],
  ['functionScore', (q) => q.functionScore(q.match('title', 'sword'), (f) => f.weight(2)), ['2', '3']],
  [
    'scriptScore with minScore',
    (q) => q.scriptScore(q.matchAll(), "doc['pages'].value / 100.0", { minScore: 5 }),
    ['5', '6'],
  ],
  [
    'moreLikeThis a text',
    (q) =>
      q.moreLikeThis(['body'], 'ships and ports of the sea', {
        minTermFreq: 1,
        minDocFreq: 1,
        minimumShouldMatch: 1,
        stopWords: ['the', 'of', 'and'],
      }),
    ['5', '6'],
  ],
  [
    'moreLikeThis a document',
    (q) => q.moreLikeThis(['title'], { id: '3' }, { minTermFreq: 1, minDocFreq: 1, minimumShouldMatch: 1 }),
    ['2'],
  ],
  [
    'moreLikeThis but not that',
    (q) =>
      q.moreLikeThis(['title'], ['sword key'], {
        unlike: ['key'],
        minTermFreq: 1,
        minDocFreq: 1,
        minimumShouldMatch: 1,
      }),
    ['2', '3'],
  ],
  ['raw', (q) => q.raw({ span_first: { match: { span_term: { body: 'ships' } }, end: 1 } }), ['5']],
];

const NESTED: Case[] = [
  [
    'nested, one element for both',
    (q) => q.nested('reviews', q.bool({ filter: [q.term('reviews.reviewer', 'ann'), q.term('reviews.stars', 5)] })),
    ['1', '5'],
  ],
  ['nested match', (q) => q.nested('reviews', q.match('reviews.text', 'fun'), { scoreMode: 'max' }), ['2']],
  ['nested range', (q) => q.nested('reviews', q.range('reviews.stars', { lt: 2 })), ['5']],
  ['no nested element', (q) => q.bool({ mustNot: [q.nested('reviews', q.exists('reviews.reviewer'))] }), ['3', '6']],
];

describeLibrary('clauses', (library, line) => {
  describe.each([
    ['full text', FULL_TEXT],
    ['terms', TERMS],
    ['geo', GEO],
    ['compound', COMPOUND],
    ['nested', NESTED],
  ] as const)('%s', (_family, cases) => {
    it.each(cases)('finds by %s', async (_name, make, expected) => {
      const query = library().books.query().must(make);
      expect((await idsOf(query)).sort()).toEqual(expected);
      expect(await query.count()).toBe(expected.length);
    });
  });

  it('finds by the terms of another document', async () => {
    const { books } = library();
    const lookup = { index: books.indexName, id: '4', path: 'author' };
    expect((await idsOf(books.query().filter((q) => q.termsLookup('author', lookup)))).sort()).toEqual(['4', '5']);
  });

  // The 2.x line does not have the clause.
  if (line === 3) {
    it('finds by combinedFields', async () => {
      const query = library()
        .books.query()
        .must((q) => q.combinedFields(['body', 'publisher.name'] as never, 'iron'));
      expect(() => query.toBody()).toThrow('`publisher.name` is keyword');
      const found = await idsOf(
        library()
          .books.query()
          .must((q) => q.combinedFields(['body'], 'iron battle', { operator: 'and', boosts: { body: 2 } })),
      );
      expect(found).toEqual(['3']);
    });
  }

  it('names the clauses that matched', async () => {
    const page = await library()
      .books.query()
      .should((q) => [q.match('title', 'key', { name: 'key' }), q.term('genre', Genre.Travel, { name: 'travel' })])
      .sort('id')
      .search();
    expect(page.hits.map(({ id, matchedQueries }) => [id, [...matchedQueries].sort()])).toEqual([
      ['1', ['key']],
      ['6', ['key', 'travel']],
    ]);
  });

  it('brings the nested elements that matched, typed apart from the document', async () => {
    const inner = await library()
      .books.query()
      .must((q) => q.nested('reviews', q.range('reviews.stars', { gte: 5 }), { innerHits: { name: 'best', size: 1 } }))
      .sort('id')
      .search();
    expect(
      inner.hits.map(({ id, innerHits }) => [
        id,
        innerHits['best']!.total,
        innerHits['best']!.hits[0]!.source['reviewer'],
      ]),
    ).toEqual([
      ['1', 1, 'ann'],
      ['2', 1, 'bob'],
      ['5', 1, 'ann'],
    ]);
  });

  it('brings them under the nested field, as the type of its elements, when they have no name', async () => {
    const page = await library()
      .books.query()
      .must((q) => q.nested('reviews', q.range('reviews.stars', { gte: 5 }), { innerHits: true }))
      .sort('id')
      .search();
    expect(page.hits.map(({ innerHits }) => innerHits.reviews!.hits[0]!.source.stars + 0)).toEqual([5, 5, 5]);
  });

  it('finds parents by children, and children by parents', async () => {
    const { posts } = library();
    expect((await idsOf(posts.query().must((q) => q.hasChild('answer', q.match('text', 'stone'))))).sort()).toEqual([
      'q1',
      'q2',
    ]);
    expect(
      await idsOf(
        posts
          .query()
          .must((q) => q.hasChild('answer', q.range('votes', { gte: 1 }), { minChildren: 2, scoreMode: 'max' })),
      ),
    ).toEqual(['q1']);
    expect(
      (
        await idsOf(posts.query().must((q) => q.hasParent('question', q.match('text', 'sword'), { score: true })))
      ).sort(),
    ).toEqual(['a1', 'a2']);
    expect(await idsOf(posts.query().must((q) => q.parentId('answer', 'q2')))).toEqual(['a3']);
    const page = await posts
      .query()
      .must((q) => q.hasChild('answer', q.match('text', 'stone'), { innerHits: true }))
      .sort('votes', 'desc')
      .search();
    expect(page.hits.map(({ id, innerHits }) => [id, innerHits['answer']!.hits[0]!.id])).toEqual([
      ['q1', 'a1'],
      ['q2', 'a3'],
    ]);
  });

  describe('scores', () => {
    const scored = async (make: (q: ClauseBuilder<Book>) => Clause) => {
      const page = await library().books.query().must(make).search();
      return page.hits.map(({ id, score }) => [id, Math.round(score! * 100) / 100]);
    };

    it('by a field, with a value for those that have none', async () => {
      const make = (q: ClauseBuilder<Book>) =>
        q.functionScore(
          q.match('title', 'key'),
          (f) => f.fieldValueFactor('price', { factor: 2, modifier: 'none', missing: 1 }),
          { boostMode: 'replace' },
        );
      expect(await scored(make)).toEqual([
        ['1', 20],
        ['6', 2],
      ]);
    });

    it('that decay with the way in numbers, time and space', async () => {
      const decays = (q: ClauseBuilder<Book>) => [
        q.functionScore(q.ids([1, 2, 3]), (f) => f.decay('linear', 'pages', { origin: 100, scale: 100, decay: 0.5 }), {
          boostMode: 'replace',
        }),
        q.functionScore(
          q.ids([1, 2, 3]),
          (f) => f.decay('exp', 'published', { origin: new Date('1990-05-01'), scale: '396d', decay: 0.5 }),
          { boostMode: 'replace' },
        ),
        q.functionScore(
          q.ids([1, 2, 3]),
          (f) => f.decay('gauss', 'at', { origin: PARIS, scale: '500km', offset: '1km' }),
          { boostMode: 'replace' },
        ),
      ];
      expect(await scored((q) => decays(q)[0]!)).toEqual([
        ['1', 1],
        ['2', 0.5],
        ['3', 0],
      ]);
      expect((await scored((q) => decays(q)[1]!)).slice(0, 2)).toEqual([
        ['1', 1],
        ['2', 0.5],
      ]);
      expect((await scored((q) => decays(q)[2]!)).map(([id]) => id)).toEqual(['1', '2', '3']);
    });

    it('by a weight of those that match a filter, and by a script', async () => {
      const make = (q: ClauseBuilder<Book>) =>
        q.functionScore(
          q.terms('author', ['Ada Moss', 'Ben Oak']),
          (f) => [
            f.weight(5, { filter: q.term('author', 'Ben Oak') }),
            f.script({ source: "doc['pages'].value * params.by", params: { by: 0.01 } }),
          ],
          { scoreMode: 'sum', boostMode: 'replace' },
        );
      expect(await scored(make)).toEqual([
        ['3', 8],
        ['2', 2],
        ['1', 1],
      ]);
    });

    it('at random, the same for one seed', async () => {
      const order = (seed: number) =>
        scored((q) => q.functionScore(q.matchAll(), (f) => f.random({ seed }), { boostMode: 'replace' }));
      expect(await order(7)).toEqual(await order(7));
      const orders = await Promise.all([1, 2, 3, 4, 5, 6].map(order));
      expect(new Set(orders.map((one) => one.map(([id]) => id).join(''))).size).toBeGreaterThan(1);
    });

    it('of constantScore, boosting and disMax', async () => {
      expect(await scored((q) => q.constantScore(q.term('author', 'Ben Oak'), { boost: 3 }))).toEqual([['3', 3]]);
      const constant = (q: ClauseBuilder<Book>, id: number, boost: number) => q.constantScore(q.ids([id]), { boost });
      expect(
        await scored((q) =>
          q.boosting({
            positive: q.bool({ should: [constant(q, 1, 4), constant(q, 2, 5)] }),
            negative: q.ids([2]),
            negativeBoost: 0.5,
          }),
        ),
      ).toEqual([
        ['1', 4],
        ['2', 2.5],
      ]);
      expect(await scored((q) => q.disMax([constant(q, 1, 4), constant(q, 1, 2)], { tieBreaker: 0.5 }))).toEqual([
        ['1', 5],
      ]);
    });

    it('of fields with boosts', async () => {
      const first = async (boosts: { title?: number; body?: number }) =>
        (await scored((q) => q.multiMatch(['title', 'body'], 'iron ships', { boosts })))[0]![0];
      expect(await first({ title: 50 })).toBe('3');
      expect(
        (
          await scored((q) =>
            q.multiMatch(['title', 'body'], 'routes ships sea', { type: 'most_fields', boosts: { body: 0 } }),
          )
        ).length,
      ).toBe(2);
    });
  });
});
