import { describe, expect, it } from 'tstyche';
import type { AggregationBuilder, Clause, DocumentOf, PartOf, SearchQuery } from '@rookery/search';
import type { Passage, President } from './model.js';

type Placed = Passage & { at: { lat: number; lon: number } };
declare const a: AggregationBuilder<Placed>;
declare const query: SearchQuery<Placed>;
declare const clause: Clause;

describe('aggregations', () => {
  it('refuse fields of another type', () => {
    expect(a.terms).type.not.toBeCallableWith('address');
    expect(a.terms).type.not.toBeCallableWith('address.yaer');
    expect(a.terms).type.not.toBeCallableWith('address.year', { size: '10' });
    expect(a.multiTerms).type.not.toBeCallableWith(['address.year']);
    expect(a.multiTerms).type.not.toBeCallableWith(['address.year', 'address']);
    expect(a.rareTerms).type.not.toBeCallableWith('address.president');
    expect(a.significantText).type.not.toBeCallableWith('address.year');
    expect(a.histogram).type.toBeCallableWith('text', { interval: 1 });
    expect(a.histogram).type.not.toBeCallableWith('address.year', {});
    expect(a.histogram).type.not.toBeCallableWith('address.heldAt', { interval: 1 });
    expect(a.dateHistogram).type.not.toBeCallableWith('address.year', { calendarInterval: 'year' });
    expect(a.dateHistogram).type.not.toBeCallableWith('address.heldAt', { calendarInterval: 'decade' });
    expect(a.dateHistogram).type.not.toBeCallableWith('address.heldAt', {
      calendarInterval: 'year',
      fixedInterval: '1d',
    });
    expect(a.range).type.toBeCallableWith('text', [{ from: 1 }]);
    expect(a.range).type.not.toBeCallableWith('address.year', [{}]);
    expect(a.dateRange).type.not.toBeCallableWith('address.heldAt', [{ from: 1 }]);
    expect(a.geoDistance).type.not.toBeCallableWith('address.year', { lat: 1, lon: 2 }, [{ to: 1 }]);
    expect(a.geohashGrid).type.not.toBeCallableWith('address.year');
    expect(a.nested).type.not.toBeCallableWith('text');
    expect(a.avg).type.toBeCallableWith('text');
    expect(a.sum).type.not.toBeCallableWith('address.heldAt');
    expect(a.percentiles).type.toBeCallableWith('text', [50]);
    expect(a.percentiles).type.not.toBeCallableWith('address.year');
    expect(a.weightedAvg).type.toBeCallableWith('address.year', 'text');
    expect(a.scriptedMetric).type.not.toBeCallableWith({ map: 'x' });
    expect(a.movingFn).type.not.toBeCallableWith('x', { window: 2 });
    expect(a.bucketSelector).type.not.toBeCallableWith('x', 'y');
  });

  it('take fields of their type', () => {
    expect(a.terms).type.toBeCallableWith('address.president.party', { order: { count: 'asc' }, include: ['Whig'] });
    expect(a.multiTerms).type.toBeCallableWith(['address.year', 'address.president.party']);
    expect(a.significantTerms).type.toBeCallableWith('tags', { minCount: 1 });
    expect(a.geoDistance).type.toBeCallableWith('at', { lat: 1, lon: 2 }, [{ to: 1 }], { unit: 'km' });
    expect(a.geohashGrid).type.toBeCallableWith('at', { precision: 3 });
    expect(a.cardinality).type.toBeCallableWith('address.president.name');
    expect(a.percentileRanks).type.toBeCallableWith('address.year', [1900]);
    expect(a.bucketSort).type.toBeCallableWith({ sort: [{ _count: 'desc' }], size: 3 });
    expect(a.missing).type.toBeCallableWith('note');
  });

  it('answer typed through all levels', async () => {
    const { aggregations } = await query
      .aggregate((b) => ({
        pairs: b.multiTerms(['address.president.party', 'address.heldAt']),
        rare: b.rareTerms('address.year', { aggs: (c) => ({ top: c.topHits() }) }),
        significant: b.significantTerms('address.president.party'),
        auto: b.autoDateHistogram('address.heldAt', { aggs: (c) => ({ avg: c.avg('address.year') }) }),
        ranges: b.dateRange('address.heldAt', [{ from: 'now' }]),
        composite: b.composite((s) => ({
          party: s.terms('address.president.party'),
          decade: s.histogram('address.year', 10, { missingBucket: true }),
          year: s.dateHistogram('address.heldAt', { calendarInterval: 'year' }),
        })),
        filter: b.filter(() => clause, { aggs: (c) => ({ parties: c.terms('address.president.party') }) }),
        filters: b.filters(() => ({ one: clause, two: clause }), {
          otherBucket: 'rest',
          aggs: (c) => ({ years: c.valueCount('address.year') }),
        }),
        nested: b.nested('address.passages', {
          aggs: (c) => ({
            best: c.topElements('address.passages'),
            back: c.reverseNested({ aggs: (d) => ({ ids: d.terms('id') }) }),
          }),
        }),
        first: b.min('address.heldAt'),
        avg: b.avg('address.year'),
        stats: b.stats('address.year'),
        extended: b.extendedStats('address.year'),
        percentiles: b.percentiles('address.year', [50]),
        script: b.scriptedMetric<string[]>({ map: 'x', combine: 'x', reduce: 'x' }),
        change: b.derivative('x'),
        most: b.maxBucket('x'),
        sorted: b.bucketSort({ size: 1 }),
      }))
      .search();
    expect(aggregations.pairs.buckets[0]!.key).type.toBe<readonly [President['party'], Date]>();
    expect(aggregations.rare.buckets[0]!.top.hits[0]!.source).type.toBe<DocumentOf<Placed>>();
    expect(aggregations.significant.buckets[0]!.key).type.toBe<President['party']>();
    expect(aggregations.significant.buckets[0]!.score).type.toBe<number>();
    expect(aggregations.auto.interval).type.toBe<string>();
    expect(aggregations.auto.buckets[0]!.avg.value).type.toBe<number | null>();
    expect(aggregations.ranges.buckets[0]!.from).type.toBe<Date | undefined>();
    expect(aggregations.composite.buckets[0]!.key).type.toBe<{
      readonly party: President['party'];
      readonly decade: number | null;
      readonly year: Date;
    }>();
    expect(aggregations.filter.parties.buckets[0]!.count).type.toBe<number>();
    expect(aggregations.filters.buckets.one.years.value).type.toBe<number>();
    expect(aggregations.filters.buckets.rest.count).type.toBe<number>();
    expect(aggregations.filters.buckets).type.not.toHaveProperty('three');
    expect(aggregations.nested.best.hits[0]!.source.text).type.toBe<string>();
    expect(aggregations.nested.back.ids.buckets[0]!.key).type.toBe<string | number>();
    expect(aggregations.first.value).type.toBe<Date | null>();
    expect(aggregations.avg.value).type.toBe<number | null>();
    expect(aggregations.stats.sum).type.toBe<number>();
    expect(aggregations.extended.variance).type.toBe<number | null>();
    expect(aggregations.percentiles.values[0]!.percent).type.toBe<number>();
    expect(aggregations.script.value).type.toBe<string[]>();
    expect(aggregations.change?.value).type.toBe<number | null | undefined>();
    expect(aggregations.most.keys).type.toBe<readonly string[]>();
    expect(aggregations.sorted).type.toBe<undefined>();
    expect(aggregations.first).type.not.toHaveProperty('buckets');
    expect(aggregations.filter).type.not.toHaveProperty('buckets');
    expect(aggregations.composite.buckets[0]!).type.not.toHaveProperty('top');
  });

  it('page through composites with typed buckets', async () => {
    for await (const bucket of query.everyBucket((b) =>
      b.composite((s) => ({ year: s.terms('address.year') }), { aggs: (c) => ({ top: c.topHits() }) }),
    )) {
      expect(bucket.key.year).type.toBe<number>();
      expect(bucket.top.hits[0]!.source.text).type.toBe<string>();
    }
    expect(query.everyBucket).type.not.toBeCallableWith((b: AggregationBuilder<Placed>) => b.terms('address.year'));
  });
});

describe('requests', () => {
  it('take what fits the entity', () => {
    expect(query.sort).type.toBeCallableWith('address.passages.text.raw', 'desc', { mode: 'max', missing: '_first' });
    expect(query.sort).type.toBeCallableWith('_doc');
    expect(query.sortByDistance).type.toBeCallableWith('at', { lat: 1, lon: 2 }, { unit: 'km' });
    expect(query.collapse).type.toBeCallableWith('address.president.party', { innerHits: { name: 'all', size: 3 } });
    expect(query.page).type.toBeCallableWith({ from: 10, size: 5 });
    expect(query.options).type.toBeCallableWith({
      trackTotalHits: 100,
      minScore: 1,
      routing: 'a',
      serverTimeoutMs: 100,
    });
    expect(query.searchAfter).type.toBeCallableWith([1, 'a', null]);
  });

  it('refuse what does not', () => {
    expect(query.sort).type.not.toBeCallableWith('address');
    expect(query.sort).type.not.toBeCallableWith('address.year', 'down');
    expect(query.sort).type.not.toBeCallableWith('address.year', 'asc', { mode: 'first' });
    expect(query.sortByDistance).type.not.toBeCallableWith('address.year', { lat: 1, lon: 2 });
    expect(query.sortByDistance).type.not.toBeCallableWith('at', { lat: 1, lon: 2 }, { unit: 'league' });
    expect(query.collapse).type.not.toBeCallableWith('address');
    expect(query.collapse).type.not.toBeCallableWith('address.year', { innerHits: { size: 3 } });
    expect(query.highlight).type.not.toBeCallableWith('txt');
    expect(query.highlight).type.not.toBeCallableWith('text', { type: 'fast' });
    expect(query.page).type.not.toBeCallableWith({ from: 10, number: 5 });
    expect(query.options).type.not.toBeCallableWith({ minscore: 1 });
    expect(query.searchAfter).type.not.toBeCallableWith(1);
    expect(query.source).type.not.toBeCallableWith(['txt']);
    expect(query.source).type.not.toBeCallableWith(true);
    expect(query.raw).type.not.toBeCallableWith('x');
  });

  it('type what comes back', async () => {
    const page = await query
      .source(['text'])
      .suggest((s) => ({
        words: s.term('text', 'x'),
        phrases: s.phrase('text', 'x'),
        completions: s.completion('text', 'x'),
      }))
      .search();
    expect(page.hits[0]!.source).type.toBe<PartOf<DocumentOf<Placed>>>();
    expect(page.hits[0]!.source.text).type.toBe<string | undefined>();
    expect(page.suggestions.words[0]!.options[0]!.frequency).type.toBe<number>();
    expect(page.suggestions.phrases[0]!.highlighted).type.toBe<string | undefined>();
    expect(page.suggestions.completions[0]!.source.address.year).type.toBe<number>();
    expect(page.suggestions).type.not.toHaveProperty('other');
    expect((await query.source(false).search()).hits[0]!.source).type.toBe<undefined>();
    expect(page.hits[0]!.innerHits['x']!.hits[0]!.source['a']).type.toBe<unknown>();
  });
});
