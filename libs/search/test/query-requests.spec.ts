import { SearchEngineError } from '@rookery/search';
import { describeLibrary, Genre, idsOf, km, PARIS, type Book } from './query-library.js';

describeLibrary('requests', (library) => {
  const query = () => library().books.query();

  describe('sort', () => {
    it('by a field, with a place or a value for those that have none', async () => {
      expect(await idsOf(query().sort('price', 'desc'))).toEqual(['5', '4', '3', '2', '1', '6']);
      expect(await idsOf(query().sort('price', 'desc', { missing: '_first' }))).toEqual(['6', '5', '4', '3', '2', '1']);
      expect(await idsOf(query().sort('price', 'asc', { missing: 25 }))).toEqual(['1', '2', '6', '3', '4', '5']);
    });

    it('by several fields, by sub-fields, by score and by the order on disk', async () => {
      expect(await idsOf(query().sort('publisher.name').sort('author', 'desc').sort('pages'))).toEqual([
        '3',
        '1',
        '2',
        '6',
        '4',
        '5',
      ]);
      expect((await idsOf(query().sort('title.raw')))[0]).toBe('4');
      expect(
        await idsOf(
          query()
            .must((q) => q.functionScore(q.matchAll(), (f) => f.fieldValueFactor('pages')))
            .sort('_score', 'asc'),
        ),
      ).toEqual(['1', '2', '3', '4', '5', '6']);
      expect((await idsOf(query().sort('_doc'))).length).toBe(6);
    });

    it('by distance, told in hit.sort', async () => {
      const page = await query().sortByDistance('at', PARIS, { unit: 'km' }).search();
      expect(page.hits.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '6']);
      expect(page.hits[1]!.sort[0]).toBeCloseTo(343.5, 0);
      const far = await idsOf(
        query().sortByDistance('at', [PARIS, { lat: 40.7, lon: -74 }], { direction: 'desc', mode: 'min' }),
      );
      expect(far[0]).toBe('5');
    });

    it('by nested values, of the elements that match', async () => {
      expect((await idsOf(query().sort('reviews.stars', 'asc', { mode: 'min' }))).slice(0, 1)).toEqual(['5']);
      const byAnn = query()
        .sort('reviews.stars', 'asc', (q) => ({ mode: 'max', filter: q.term('reviews.reviewer', 'ann') }))
        .sort('id');
      expect((await idsOf(byAnn)).slice(0, 3)).toEqual(['2', '1', '5']);
    });

    it('by a script', async () => {
      expect(
        await idsOf(
          query()
            .sortByScript('number', { source: "doc['pages'].value % params.by", params: { by: 400 } })
            .sort('id'),
        ),
      ).toEqual(['4', '1', '5', '2', '6', '3']);
    });
  });

  describe('pages', () => {
    it('by number, and from a hit on', async () => {
      expect(await idsOf(query().sort('id').page({ number: 2, size: 4 }))).toEqual(['5', '6']);
      expect(await idsOf(query().sort('id').page({ from: 1, size: 2 }))).toEqual(['2', '3']);
    });

    it('after a hit, with dates and missing values in the order', async () => {
      const sorted = query().sort('price', 'desc').sort('published').page({ size: 4 });
      const first = await sorted.search();
      const second = await sorted.searchAfter(first.hits.at(-1)!.sort).search();
      expect([...first.hits, ...second.hits].map(({ id }) => id)).toEqual(['5', '4', '3', '2', '1', '6']);
      expect(
        await idsOf(
          query()
            .sort('published')
            .searchAfter([new Date('1995-01-15')]),
        ),
      ).toEqual(['4', '5', '6']);
    });

    it('of a state that is kept while the index changes', async () => {
      const { books } = library();
      const id = await books.openPointInTime('1m');
      const extra = { id: '7', title: 'Late', body: 'late', author: 'Z', genre: Genre.Travel, pages: 700 };
      await books.bulk([{ action: 'index', id: '7', document: extra as never }], { refresh: true });
      try {
        expect(await query().count()).toBe(7);
        const page = await query().sort('pages').page({ size: 5 }).pointInTime(id, '1m').search();
        const next = await query()
          .sort('pages')
          .page({ size: 5 })
          .searchAfter(page.hits.at(-1)!.sort)
          .pointInTime(page.pointInTimeId!)
          .search();
        expect(next.hits.map((hit) => hit.id)).toEqual(['6']);
      } finally {
        await books.bulk([{ action: 'delete', id: '7' }], { refresh: true });
        await books.closePointInTime(id);
      }
      await expect(query().pointInTime(id).search()).rejects.toThrow();
    });
  });

  it('brings parts of documents, or none', async () => {
    const one = query().filter((q) => q.ids([1]));
    expect((await one.source(['title', 'publisher.name']).search()).hits[0]!.source).toEqual({
      title: 'The Silver Key',
      publisher: { name: 'Heron' },
    });
    expect(
      Object.keys(
        (await one.source({ includes: ['p*'], excludes: ['publisher', 'published'] }).search()).hits[0]!.source,
      ).sort(),
    ).toEqual(['pages', 'price']);
    expect((await one.source(false).search()).hits[0]!.source).toBeUndefined();
  });

  it('brings dates as Date when asked, in the whole and in parts', async () => {
    const whole = await query().dates().sort('id').page({ size: 1 }).search();
    expect(whole.hits[0]!.source.published).toBeInstanceOf(Date);
    expect(whole.hits[0]!.source.published.toISOString()).toBe(
      (await query().sort('id').page({ size: 1 }).search()).hits[0]!.source.published,
    );
    const part = await query().source(['published', 'title']).dates().sort('id').page({ size: 1 }).search();
    expect(part.hits[0]!.source).toEqual({ title: expect.any(String) as string, published: expect.any(Date) as Date });
    expect((await query().source(false).dates().page({ size: 1 }).search()).hits[0]!.source).toBeUndefined();
    expect(
      typeof (await query().dates().source(['published']).page({ size: 1 }).search()).hits[0]!.source.published,
    ).toBe('string');
  });

  it('marks words, with tags, whole fields, other words, and text escaped for HTML', async () => {
    const found = query()
      .must((q) => q.match('body', 'king'))
      .filter((q) => q.ids([2]));
    const page = await found
      .highlight('body', { preTag: '<b>', postTag: '</b>', fragmentSize: 0, type: 'plain' })
      .highlight('title', (q) => ({ query: q.match('title', 'sword'), order: 'score' }))
      .search();
    expect(page.hits[0]!.highlights).toEqual({
      body: ['The sword was made of silver and the <b>king</b> kept it'],
      title: ['The Silver <em>Sword</em>'],
    });
    const short = await found.highlight('body', { fragmentSize: 12, fragments: 1 }).search();
    expect(short.hits[0]!.highlights['body']).toHaveLength(1);
    const none = await found.highlight('author', { noMatchSize: 5 }).highlightEncoder('html').search();
    expect(none.hits[0]!.highlights['author']).toBeDefined();
    expect((await found.search()).hits[0]!.highlights).toEqual({});
  });

  it('collapses to the best of each value, and brings the rest inside', async () => {
    const page = await query()
      .sort('pages', 'desc')
      .collapse('author', { innerHits: { name: 'all', size: 5 } })
      .search();
    expect(page.hits.map(({ id, innerHits }) => [id, innerHits['all']!.total])).toEqual([
      ['6', 1],
      ['5', 2],
      ['3', 1],
      ['2', 2],
    ]);
    expect(page.total).toBe(6);
  });

  it('scores the best hits again', async () => {
    const page = await query()
      .must((q) => q.constantScore(q.matchAll()))
      .rescore((q) => q.constantScore(q.ids([4]), { boost: 9 }), {
        windowSize: 10,
        queryWeight: 1,
        rescoreQueryWeight: 2,
        scoreMode: 'total',
      })
      .search();
    expect([page.hits[0]!.id, page.hits[0]!.score]).toEqual(['4', 19]);
  });

  it('narrows hits but not facets', async () => {
    const page = await query()
      .postFilter((q) => q.term('genre', Genre.Travel))
      .postFilter((q) => q.term('inPrint', true))
      .aggregate((a) => ({ genres: a.terms('genre') }))
      .search();
    expect(page.hits.map(({ id }) => id)).toEqual(['6']);
    expect(page.aggregations.genres.buckets.map(({ count }) => count)).toEqual([3, 2, 1]);
  });

  it('counts as many hits as asked for', async () => {
    expect(await query().options({ trackTotalHits: 2 }).page({ size: 1 }).search()).toMatchObject({
      total: 2,
      totalRelation: 'gte',
    });
    expect(await query().options({ trackTotalHits: false }).page({ size: 1 }).search()).toMatchObject({
      total: 1,
      totalRelation: 'gte',
    });
    expect(await query().search()).toMatchObject({ total: 6, totalRelation: 'eq', timedOut: false });
  });

  it('leaves out low scores, explains, profiles, and limits itself', async () => {
    const scores = query().must((q) => q.functionScore(q.matchAll(), (f) => f.fieldValueFactor('pages')));
    expect((await idsOf(scores.options({ minScore: 450 }))).sort()).toEqual(['5', '6']);
    expect(await scores.options({ minScore: 450 }).count()).toBe(2);
    const page = await scores
      .options({
        explain: true,
        profile: true,
        serverTimeoutMs: 5_000,
        terminateAfter: 100,
        preference: '_local',
        searchType: 'dfs_query_then_fetch',
        requestCache: false,
      })
      .search();
    expect(page.hits[0]!.explanation).toMatchObject({ value: 600 });
    expect(page.profile).toHaveProperty('shards');
    expect((await query().sort('pages').options({ trackScores: true }).search()).maxScore).toBe(1);
    expect((await query().sort('pages').search()).hits[0]!.score).toBeNull();
  });

  it('asks the shards of a routing', async () => {
    const { posts } = library();
    expect(await posts.query().options({ routing: 'q1' }).count()).toBe(5);
    expect(
      (
        await idsOf(
          posts
            .query()
            .options({ routing: 'q1' })
            .filter((q) => q.parentId('answer', 'q1')),
        )
      ).sort(),
    ).toEqual(['a1', 'a2']);
  });

  describe('suggests', () => {
    it('words', async () => {
      const { suggestions } = await query()
        .page({ size: 0 })
        .suggest((s) => ({
          words: s.term('body', 'silvr ships', { size: 1, maxEdits: 2, prefixLength: 1, minWordLength: 3 }),
        }))
        .search();
      expect(suggestions.words.map(({ text, options }) => [text, options.map((option) => option.text)])).toEqual([
        ['silvr', ['silver']],
        ['ships', []],
      ]);
      expect(suggestions.words[0]!.options[0]!.frequency).toBe(4);
    });

    it('phrases', async () => {
      const { suggestions } = await query()
        .page({ size: 0 })
        .suggest((s) => ({
          meant: s.phrase('body', 'silvr sword', {
            confidence: 0,
            maxErrors: 2,
            gramSize: 1,
            highlight: { preTag: '[', postTag: ']' },
            directGenerator: [{ field: 'body', suggestMode: 'always', minWordLength: 3 }],
          }),
        }))
        .search();
      expect(suggestions.meant[0]).toMatchObject({ text: 'silver sword', highlighted: '[silver] sword' });
    });

    it('completions, also of misspelled beginnings', async () => {
      const { suggestions } = await query()
        .page({ size: 0 })
        .suggest((s) => ({
          exact: s.completion('suggest', 'the s', { size: 5, skipDuplicates: true }),
          fuzzy: s.completion('suggest', 'irn', { fuzzy: { fuzziness: 1 } }),
        }))
        .search();
      expect(suggestions.exact.map(({ text }) => text)).toEqual(['The Silver Key', 'The Silver Sword']);
      expect(suggestions.fuzzy[0]).toMatchObject({ id: '3', text: 'Iron Sword', source: { author: 'Ben Oak' } });
    });
  });

  it('takes unchecked parts of a body', async () => {
    expect(
      (
        await query()
          .sort('pages')
          .raw({ _source: ['pages'], size: 1 })
          .search()
      ).hits.map(({ source }) => source),
    ).toEqual([{ pages: 100 }]);
  });

  it('tells what the engine refuses, such as a malformed query string', async () => {
    await expect(
      query()
        .must((q) => q.queryString('title:(silver'))
        .search(),
    ).rejects.toThrow(SearchEngineError);
    await expect(
      query()
        .must((q) => q.queryString('*ilver', { fields: ['body'] }))
        .search(),
    ).rejects.toMatchObject({ status: 400 });
    expect(
      (
        await query()
          .must((q) => q.queryString('*ilver', { fields: ['body'], allowLeadingWildcard: true }))
          .search()
      ).total,
    ).toBe(4);
  });

  it('nests clauses up to the limit', async () => {
    let clause = library()
      .books.query()
      .must((q) => q.matchAll()).request.parts.must![0]!;
    for (let depth = 0; depth < 98; depth += 1) clause = { kind: 'bool', parts: { must: [clause] } };
    const deep = clause;
    expect(
      (
        await query()
          .must(() => deep)
          .search()
      ).total,
    ).toBe(6);
  });

  it('finds near a place, nearest first, as the guide shows', async () => {
    const page = await query()
      .filter((q) => q.geoDistance('at', PARIS, km(900)))
      .sortByDistance('at', PARIS, { unit: 'km' })
      .search();
    const titles: readonly Book['title'][] = page.hits.map(({ source }) => source.title);
    expect(titles).toEqual(['The Silver Key', 'The Silver Sword', 'Iron Sword']);
  });
});
