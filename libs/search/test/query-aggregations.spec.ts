import type { Aggregations, AggregationBuilder, ResultsOf } from '@rookery/search';
import { describeLibrary, Genre, PARIS, type Book } from './query-library.js';

describeLibrary('aggregations', (library) => {
  /** The answers over all six books. */
  async function ask<const B extends Aggregations>(
    make: (builder: AggregationBuilder<Book>) => B,
  ): Promise<ResultsOf<B>> {
    const page = await library().books.query().page({ size: 0 }).aggregate(make).search();
    return page.aggregations;
  }
  const counts = <K>(result: { buckets: readonly { key: K; count: number }[] }) =>
    result.buckets.map(({ key, count }) => [key, count]);
  const day = (iso: string) => new Date(`${iso}T00:00:00.000Z`);

  describe('by values', () => {
    it("terms, with keys of the field's own type, in any order", async () => {
      const { genres, prints, serials, cheap, some, none } = await ask((a) => ({
        genres: a.terms('genre'),
        prints: a.terms('inPrint'),
        serials: a.terms('serial', { size: 2, order: { key: 'desc' } }),
        cheap: a.terms('author', { order: { price: 'asc' }, aggs: (b) => ({ price: b.avg('price') }) }),
        some: a.terms('author', { include: 'Ada.*', exclude: 'B.*', minCount: 1, shardSize: 10 }),
        none: a.terms('price', { missing: -1, order: { key: 'asc' }, size: 1 }),
      }));
      expect(counts(genres)).toEqual([
        [Genre.Fantasy, 3],
        [Genre.History, 2],
        [Genre.Travel, 1],
      ]);
      expect(counts(prints)).toEqual([
        [true, 4],
        [false, 2],
      ]);
      expect(counts(serials)).toEqual([
        [1_000_000_000_006, 1],
        [1_000_000_000_005, 1],
      ]);
      expect(serials.otherCount).toBe(4);
      expect(cheap.buckets.slice(0, 3).map(({ key, price }) => [key, price.value])).toEqual([
        ['Ada Moss', 15],
        ['Ben Oak', 30],
        ['Cara Pine', 45],
      ]);
      expect(counts(some)).toEqual([['Ada Moss', 2]]);
      expect(counts(none)).toEqual([[-1, 1]]);
    });

    it('multiTerms', async () => {
      const { pairs, days } = await ask((a) => ({
        pairs: a.multiTerms(['genre', 'inPrint'], { order: { key: 'asc' } }),
        days: a.multiTerms(['published', 'pages', 'author'], { size: 1, order: { key: 'asc' } }),
      }));
      expect(counts(pairs)).toEqual([
        [[Genre.Fantasy, false], 1],
        [[Genre.Fantasy, true], 2],
        [[Genre.History, false], 1],
        [[Genre.History, true], 1],
        [[Genre.Travel, true], 1],
      ]);
      expect(counts(days)).toEqual([[[day('1990-05-01'), 100, 'Ada Moss'], 1]]);
    });

    it('rareTerms', async () => {
      const { rare } = await ask((a) => ({ rare: a.rareTerms('author', { maxDocCount: 1 }) }));
      expect(counts(rare)).toEqual([
        ['Ben Oak', 1],
        ['Dov Elm', 1],
      ]);
    });

    it('significantTerms and significantText, against all documents or some', async () => {
      const page = await library()
        .books.query()
        .filter((q) => q.term('genre', Genre.History))
        .page({ size: 0 })
        .aggregate((a) => ({
          authors: a.significantTerms('author', { minCount: 1 }),
          words: a.sampler({
            shardSize: 50,
            aggs: (b) => ({ of: b.significantText('body', { minCount: 1, size: 20, filterDuplicates: false }) }),
          }),
          among: a.significantTerms('author', { minCount: 1, background: (q) => q.range('pages', { gte: 300 }) }),
        }))
        .search();
      const { authors, words, among } = page.aggregations;
      expect(authors.buckets.map(({ key, count, backgroundCount }) => [key, count, backgroundCount])).toEqual([
        ['Cara Pine', 2, 2],
      ]);
      expect(authors.buckets[0]!.score).toBeGreaterThan(0);
      expect(authors.count).toBe(2);
      expect(words.of.buckets.map(({ key }) => key)).toEqual(expect.arrayContaining(['miners', 'ships']));
      expect(among.buckets[0]!.backgroundCount).toBe(2);
    });
  });

  describe('composite', () => {
    it('keys of several sources, with missing values, and what is inside', async () => {
      const { all } = await ask((a) => ({
        all: a.composite(
          (s) => ({
            genre: s.terms('genre'),
            century: s.histogram('pages', 300),
            year: s.dateHistogram('published', { calendarInterval: 'year' }),
          }),
          {
            size: 2,
            aggs: (b) => ({ pages: b.sum('pages') }),
          },
        ),
      }));
      expect(all.buckets).toEqual([
        { key: { genre: Genre.Fantasy, century: 0, year: day('1990-01-01') }, count: 1, pages: { value: 100 } },
        { key: { genre: Genre.Fantasy, century: 0, year: day('1991-01-01') }, count: 1, pages: { value: 200 } },
      ]);
      expect(all.afterKey).toMatchObject({ genre: 'fantasy', century: 0 });
      const { prices } = await ask((a) => ({
        prices: a.composite((s) => ({ price: s.terms('price', { missingBucket: true, order: 'asc' }) }), { size: 1 }),
      }));
      expect(prices.buckets[0]).toEqual({ key: { price: null }, count: 1 });
    });

    it.each([1, 2, 3, 6, 100])('pages through all of them, %d at once', async (size) => {
      const buckets = library()
        .books.query()
        .filter((q) => q.range('pages', { lte: 500 }))
        .everyBucket((a) =>
          a.composite((s) => ({ author: s.terms('author'), inPrint: s.terms('inPrint') }), {
            size,
            aggs: (b) => ({ top: b.topHits({ size: 1 }) }),
          }),
        );
      const seen: unknown[] = [];
      for await (const { key, count, top } of buckets)
        seen.push([key.author, key.inPrint, count, top.hits[0]!.source.genre]);
      expect(seen).toEqual([
        ['Ada Moss', true, 2, Genre.Fantasy],
        ['Ben Oak', false, 1, Genre.Fantasy],
        ['Cara Pine', false, 1, Genre.History],
        ['Cara Pine', true, 1, Genre.History],
      ]);
    });

    it('stops reading when the reader stops', async () => {
      for await (const { key } of library()
        .books.query()
        .everyBucket((a) => a.composite((s) => ({ id: s.terms('pages') }), { size: 1 }))) {
        expect(key).toEqual({ id: 100 });
        break;
      }
    });
  });

  describe('by steps and ranges', () => {
    it('histogram and dateHistogram', async () => {
      const { pages, bounded, years, months, zoned } = await ask((a) => ({
        pages: a.histogram('pages', { interval: 200, offset: 100, minCount: 1, order: { key: 'desc' } }),
        bounded: a.histogram('pages', { interval: 500, minCount: 0, extendedBounds: { min: 0, max: 1500 } }),
        years: a.dateHistogram('published', { calendarInterval: 'year', minCount: 1 }),
        months: a.dateHistogram('published', {
          fixedInterval: '365d',
          minCount: 1,
          hardBounds: { min: day('2004-01-01'), max: day('2012-01-01') },
        }),
        zoned: a.dateHistogram('published', { calendarInterval: 'day', timeZone: '+02:00', minCount: 1 }),
      }));
      expect(counts(pages)).toEqual([
        [500, 2],
        [300, 2],
        [100, 2],
      ]);
      expect(counts(bounded)).toEqual([
        [0, 4],
        [500, 2],
        [1000, 0],
        [1500, 0],
      ]);
      expect(counts(years)[0]).toEqual([day('1990-01-01'), 1]);
      expect(counts(months).map(([, count]) => count)).toEqual([1, 1]);
      expect(zoned.buckets[0]!.key).toEqual(new Date('1990-04-30T22:00:00.000Z'));
    });

    it('autoDateHistogram', async () => {
      const { dates } = await ask((a) => ({
        dates: a.autoDateHistogram('published', { buckets: 3, minimumInterval: 'month' }),
      }));
      expect(dates.interval).toBe('10y');
      expect(counts(dates)).toEqual([
        [day('1990-01-01'), 3],
        [day('2000-01-01'), 2],
        [day('2010-01-01'), 1],
      ]);
    });

    it('range, dateRange and geoDistance', async () => {
      const { prices, dates, rings } = await ask((a) => ({
        prices: a.range('price', [{ to: 25 }, { key: 'dear', from: 25, to: 45 }, { from: 45 }], {
          aggs: (b) => ({ most: b.max('price') }),
        }),
        dates: a.dateRange('published', [{ to: day('1995-01-01') }, { from: '2000-01-01||/y' }], {
          timeZone: '+00:00',
        }),
        rings: a.geoDistance('at', PARIS, [{ to: 500 }, { from: 500, to: 2000 }, { from: 2000 }], {
          unit: 'km',
          distanceType: 'arc',
        }),
      }));
      expect(prices.buckets.map(({ key, from, to, count, most }) => [key, from, to, count, most.value])).toEqual([
        ['*-25.0', undefined, 25, 2, 20],
        ['dear', 25, 45, 2, 40],
        ['45.0-*', 45, undefined, 1, 50],
      ]);
      expect(dates.buckets.map(({ from, to, count }) => [from, to, count])).toEqual([
        [undefined, day('1995-01-01'), 2],
        [day('2000-01-01'), undefined, 3],
      ]);
      expect(rings.buckets.map(({ count }) => count)).toEqual([2, 3, 1]);
    });

    it('geohashGrid', async () => {
      const { cells } = await ask((a) => ({
        cells: a.geohashGrid('at', {
          precision: 1,
          bounds: { topLeft: { lat: 60, lon: -10 }, bottomRight: { lat: 35, lon: 20 } },
        }),
      }));
      expect(counts(cells).sort()).toEqual([
        ['e', 1],
        ['g', 1],
        ['s', 1],
        ['u', 2],
      ]);
    });
  });

  describe('of some', () => {
    it('filter, filters and missing', async () => {
      const { dear, groups, unpriced } = await ask((a) => ({
        dear: a.filter((q) => q.range('price', { gte: 30 }), { aggs: (b) => ({ pages: b.sum('pages') }) }),
        groups: a.filters((q) => ({ sword: q.match('title', 'sword'), key: q.match('title', 'key') }), {
          otherBucket: 'rest',
          aggs: (b) => ({ most: b.max('pages') }),
        }),
        unpriced: a.missing('price'),
      }));
      expect(dear).toEqual({ count: 3, pages: { value: 1200 } });
      expect([groups.buckets.sword, groups.buckets.key, groups.buckets.rest]).toEqual([
        { count: 2, most: { value: 300 } },
        { count: 2, most: { value: 600 } },
        { count: 2, most: { value: 500 } },
      ]);
      expect(unpriced.count).toBe(1);
    });

    it('nested, and back to the documents', async () => {
      const { reviews } = await ask((a) => ({
        reviews: a.nested('reviews', {
          aggs: (b) => ({
            stars: b.avg('reviews.stars'),
            reviewers: b.terms('reviews.reviewer', {
              aggs: (c) => ({
                books: c.reverseNested({ aggs: (d) => ({ genres: d.terms('genre') }) }),
                best: c.topElements('reviews', { size: 1, sort: [{ field: 'reviews.stars', direction: 'desc' }] }),
              }),
            }),
          }),
        }),
      }));
      expect(reviews.count).toBe(7);
      expect(reviews.stars.value).toBeCloseTo(24 / 7);
      const ann = reviews.reviewers.buckets[0]!;
      expect([ann.key, ann.count, ann.books.count]).toEqual(['ann', 3, 3]);
      expect(counts(ann.books.genres)).toEqual([
        [Genre.Fantasy, 2],
        [Genre.History, 1],
      ]);
      expect(ann.best.hits[0]!.source.stars).toBe(5);
    });

    it('sampler', async () => {
      const { best } = await ask((a) => ({
        best: a.sampler({ shardSize: 2, aggs: (b) => ({ pages: b.valueCount('pages') }) }),
      }));
      expect(best).toEqual({ count: 2, pages: { value: 2 } });
    });

    it('topHits of each bucket, in an order, with a part of each document', async () => {
      const { authors } = await ask((a) => ({
        authors: a.terms('author', {
          size: 1,
          aggs: (b) => ({
            top: b.topHits({
              size: 1,
              from: 1,
              sort: [{ field: 'pages', direction: 'asc' }],
              source: ['title', 'pages'],
            }),
          }),
        }),
      }));
      const { top } = authors.buckets[0]!;
      expect(top.total).toBe(2);
      expect(top.hits.map(({ id, source, sort }) => [id, source, sort])).toEqual([
        ['2', { title: 'The Silver Sword', pages: 200 }, [200]],
      ]);
    });
  });

  describe('metrics', () => {
    it('of numbers', async () => {
      const found = await ask((a) => ({
        avg: a.avg('price'),
        padded: a.avg('price', { missing: 0 }),
        min: a.min('price'),
        max: a.max('pages'),
        sum: a.sum('pages'),
        authors: a.cardinality('author', { precisionThreshold: 100 }),
        prices: a.valueCount('price'),
        weighted: a.weightedAvg('price', 'pages', { missing: 60 }),
        stats: a.stats('price'),
        more: a.extendedStats('price', { sigma: 1 }),
      }));
      expect(found).toMatchObject({
        avg: { value: 30 },
        padded: { value: 25 },
        min: { value: 10 },
        max: { value: 600 },
        sum: { value: 2100 },
        authors: { value: 4 },
        prices: { value: 5 },
        stats: { count: 5, min: 10, max: 50, avg: 30, sum: 150 },
        more: {
          count: 5,
          sumOfSquares: 5500,
          variance: 200,
          stdDeviationBounds: { upper: 30 + Math.sqrt(200), lower: 30 - Math.sqrt(200) },
        },
      });
      expect(found.weighted.value).toBeCloseTo(
        (10 * 100 + 20 * 200 + 30 * 300 + 40 * 400 + 50 * 500 + 60 * 600) / 2100,
      );
      expect(found.more.stdDeviation).toBeCloseTo(Math.sqrt(200));
    });

    it('of dates are dates, of nothing null', async () => {
      const { first, last, middle } = await ask((a) => ({
        first: a.min('published'),
        last: a.max('published'),
        middle: a.avg('published'),
      }));
      expect([first.value, last.value]).toEqual([day('1990-05-01'), day('2010-12-31')]);
      expect(middle.value).toBeInstanceOf(Date);
      const nothing = await library()
        .books.query()
        .filter((q) => q.matchNone())
        .aggregate((a) => ({ first: a.min('published'), price: a.avg('price'), stats: a.stats('price') }))
        .search();
      expect(nothing.aggregations).toEqual({
        first: { value: null },
        price: { value: null },
        stats: { count: 0, min: null, max: null, avg: null, sum: 0 },
      });
    });

    it('percentiles and percentileRanks', async () => {
      const { prices, ranks } = await ask((a) => ({
        prices: a.percentiles('price', [0, 50, 100], { compression: 200 }),
        ranks: a.percentileRanks('price', [10, 50]),
      }));
      expect(prices.values).toEqual([
        { percent: 0, value: 10 },
        { percent: 50, value: 30 },
        { percent: 100, value: 50 },
      ]);
      expect(ranks.values.map(({ value }) => value)).toEqual([10, 50]);
      expect(ranks.values[0]!.percent).toBeLessThan(30);
      expect(ranks.values[1]!.percent).toBeGreaterThan(80);
    });

    it('scriptedMetric', async () => {
      const { total } = await ask((a) => ({
        total: a.scriptedMetric<number>({
          init: 'state.sum = 0',
          map: "state.sum += doc['pages'].value * params.times",
          combine: 'return state.sum',
          reduce: 'long all = 0; for (s in states) { all += s } return all',
          params: { times: 2 },
        }),
      }));
      expect(total.value).toBe(4200);
    });

    it('raw', async () => {
      const { tiles } = await ask((a) => ({
        tiles: a.raw<{ buckets: { doc_count: number }[] }>({ geotile_grid: { field: 'at', precision: 1 } }),
      }));
      expect(tiles.buckets.reduce((sum, { doc_count }) => sum + doc_count, 0)).toBe(6);
    });
  });

  describe('pipelines', () => {
    it('beside buckets: the most, the least, the average, the sum', async () => {
      const found = await ask((a) => ({
        authors: a.terms('author', { aggs: (b) => ({ pages: b.sum('pages') }) }),
        most: a.maxBucket('authors>pages'),
        least: a.minBucket('authors>pages'),
        mean: a.avgBucket('authors>pages'),
        all: a.sumBucket('authors>pages', { gapPolicy: 'skip' }),
      }));
      expect(found).toMatchObject({
        most: { value: 900, keys: ['Cara Pine'] },
        least: { value: 300, keys: ['Ada Moss', 'Ben Oak'] },
        mean: { value: 525 },
        all: { value: 2100 },
      });
    });

    it('inside buckets: change, running sum, moving average, a script', async () => {
      const { steps } = await ask((a) => ({
        steps: a.histogram('pages', {
          interval: 200,
          aggs: (b) => ({
            pages: b.sum('pages'),
            change: b.derivative('pages'),
            running: b.cumulativeSum('pages'),
            moving: b.movingFn('pages', { window: 2, script: 'MovingFunctions.sum(values)', shift: 1 }),
            each: b.bucketScript({ pages: 'pages', books: '_count' }, 'params.pages / params.books', {
              gapPolicy: 'skip',
            }),
          }),
        }),
      }));
      expect(
        steps.buckets.map(({ key, pages, change, running, moving, each }) => [
          key,
          pages.value,
          change?.value,
          running?.value,
          moving?.value,
          each?.value,
        ]),
      ).toEqual([
        [0, 100, undefined, 100, 100, 100],
        [200, 500, 400, 600, 600, 250],
        [400, 900, 400, 1500, 1400, 450],
        [600, 600, -300, 2100, 1500, 600],
      ]);
    });

    it('derivative per unit of time', async () => {
      const { years } = await ask((a) => ({
        years: a.dateHistogram('published', {
          calendarInterval: 'year',
          aggs: (b) => ({ pages: b.sum('pages'), change: b.derivative('pages', { unit: 'day' }) }),
        }),
      }));
      expect(years.buckets[1]!.change?.normalized).toBeCloseTo(100 / 365);
    });

    it('that keep and order buckets', async () => {
      const { kept, sorted } = await ask((a) => ({
        kept: a.terms('author', {
          aggs: (b) => ({
            pages: b.sum('pages'),
            big: b.bucketSelector(
              { pages: 'pages' },
              { source: 'params.pages > params.least', params: { least: 400 } },
            ),
          }),
        }),
        sorted: a.terms('author', {
          aggs: (b) => ({
            pages: b.sum('pages'),
            order: b.bucketSort({ sort: [{ pages: 'desc' }, { _key: 'asc' }], from: 1, size: 2 }),
          }),
        }),
      }));
      expect(kept.buckets.map(({ key }) => key).sort()).toEqual(['Cara Pine', 'Dov Elm']);
      expect(sorted.buckets.map(({ key, pages }) => [key, pages.value])).toEqual([
        ['Dov Elm', 600],
        ['Ada Moss', 300],
      ]);
    });
  });
});
