import { describeWith } from '@rookery/services';
import { SearchQueryError } from '@rookery/search';
import { Party, Passage } from './entities.js';
import { seed } from './fixtures.js';
import { startSearch, type Running } from './harness.js';

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'typed searches', () => {
    let running: Running;
    beforeAll(async () => {
      running = await startSearch();
      await seed(running.orm.em.fork());
      await running.search.settled();
    }, 30_000);
    afterAll(() => running.stop(), 30_000);

    const passages = () => running.search.repository(Passage);

    it('answers the query of the quick start: fuzzy words, a range, an order, highlights, facets with their best hit', async () => {
      const page = await passages()
        .query()
        .must((q) => q.match('text', 'unoin', { fuzziness: 'AUTO' }))
        .filter((q) => q.range('address.year', { gte: 1860 }))
        .should((q) => q.matchPhrase('text', 'the union', { boost: 2 }))
        .sort('address.year', 'desc')
        .highlight('text')
        .aggregate((a) => ({
          parties: a.terms('address.president.party', { size: 10, aggs: (b) => ({ top: b.topHits({ size: 1 }) }) }),
        }))
        .page({ number: 1, size: 20 })
        .search();

      expect(page.hits.map(({ id }) => id)).toEqual(['6', '4']);
      expect(page.total).toBe(2);
      expect(page.hits[0]!.source.text).toContain('strong');
      expect(page.hits[0]!.source.address).toEqual({
        id: 3,
        year: 1913,
        heldAt: '1913-12-02T00:00:00.000Z',
        president: { name: 'Woodrow Wilson', party: 'Democratic' },
      });
      expect(page.hits[0]!.source.topics).toEqual([{ label: 'union' }, { label: 'trade' }]);
      expect(page.hits[0]!.highlights['text']![0]).toContain('<em>Union</em>');
      expect(page.aggregations.parties.buckets.map(({ key, count }) => [key, count]).sort()).toEqual([
        ['Democratic', 1],
        ['Republican', 1],
      ]);
      expect(page.aggregations.parties.buckets.find(({ key }) => key === Party.Republican)!.top.hits[0]!.id).toBe('4');
    });

    const cases: [
      string,
      (query: ReturnType<ReturnType<typeof passages>['query']>) => ReturnType<ReturnType<typeof passages>['query']>,
      string[],
    ][] = [
      ['match with all words', (s) => s.must((q) => q.match('text', 'free union', { operator: 'and' })), ['6']],
      ['matchPhrase', (s) => s.must((q) => q.matchPhrase('text', 'best hope')), ['4']],
      ['matchPhrase with a gap', (s) => s.must((q) => q.matchPhrase('text', 'last hope', { slop: 1 })), ['4']],
      [
        'multiMatch',
        (s) => s.must((q) => q.multiMatch(['text', 'address.president.name'], 'Wilson currency')),
        ['5', '6'],
      ],
      ['term on a keyword', (s) => s.filter((q) => q.term('address.president.party', Party.Whig)), ['1', '2']],
      ['term on a boolean', (s) => s.filter((q) => q.term('quoted', true)), ['4']],
      [
        'term on a sub-field',
        (s) => s.filter((q) => q.term('text.raw', 'Banking and currency laws need reform')),
        ['5'],
      ],
      ['terms in a many-to-many relation', (s) => s.filter((q) => q.terms('topics.label', ['trade'])), ['2', '5', '6']],
      [
        'range over dates',
        (s) => s.filter((q) => q.range('address.heldAt', { gt: new Date('1862-01-01'), lt: '1913-01-01' })),
        ['3', '4'],
      ],
      ['exists', (s) => s.filter((q) => q.exists('topics.label')), ['1', '2', '4', '5', '6']],
      ['mustNot', (s) => s.mustNot((q) => q.exists('topics.label')), ['3']],
      ['matchAll', (s) => s.must((q) => q.matchAll()), ['1', '2', '3', '4', '5', '6']],
      [
        'bool with minimumShouldMatch',
        (s) =>
          s.filter((q) =>
            q.bool({
              should: [q.term('topics.label', 'union'), q.term('topics.label', 'trade')],
              minimumShouldMatch: 2,
            }),
          ),
        ['6'],
      ],
      [
        'should with minimumShouldMatch',
        (s) =>
          s.should((q) => [q.term('topics.label', 'union'), q.term('topics.label', 'trade')]).minimumShouldMatch(2),
        ['6'],
      ],
      ['raw', (s) => s.filter((q) => q.raw({ ids: { values: ['2', '3'] } })), ['2', '3']],
    ];
    it.each(cases)('finds by %s', async (_name, ask, expected) => {
      const page = await ask(passages().query()).search();
      expect(page.hits.map(({ id }) => id).sort()).toEqual(expected);
      expect(await ask(passages().query()).count()).toBe(expected.length);
    });

    it('sorts by several fields and pages', async () => {
      const sorted = passages().query().sort('position', 'desc').sort('address.year');
      const first = await sorted.page({ number: 1, size: 4 }).search();
      const second = await sorted.page({ number: 2, size: 4 }).search();
      expect([...first.hits, ...second.hits].map(({ id }) => id)).toEqual(['2', '4', '6', '1', '3', '5']);
      expect(second.total).toBe(6);
    });

    it('counts by decade, by day and by value, with typed keys', async () => {
      const { aggregations } = await passages()
        .query()
        .page({ size: 0 })
        .aggregate((a) => ({
          decades: a.histogram('address.year', { interval: 10, minCount: 1 }),
          years: a.dateHistogram('address.heldAt', { calendarInterval: 'year', minCount: 1 }),
          quoted: a.terms('quoted'),
          ids: a.terms('address.id', { order: { key: 'asc' } }),
          longest: a.raw<{ value: number }>({ max: { field: 'position' } }),
        }))
        .search();
      expect(aggregations.decades.buckets).toEqual([
        { key: 1850, count: 2 },
        { key: 1860, count: 2 },
        { key: 1910, count: 2 },
      ]);
      expect(aggregations.years.buckets[0]).toEqual({ key: new Date('1850-01-01T00:00:00.000Z'), count: 2 });
      expect(aggregations.quoted.buckets).toEqual([
        { key: false, count: 5 },
        { key: true, count: 1 },
      ]);
      expect(aggregations.ids.buckets.map(({ key }) => key)).toEqual([1, 2, 3]);
      expect(aggregations.longest.value).toBe(1);
    });

    it('refuses text where exact values are needed, and names the sub-field to use', () => {
      expect(() => passages().query().sort('text').toBody()).toThrow('`text` is text; sort by `text.raw`');
      expect(() =>
        passages()
          .query()
          .filter((q) => q.term('text', 'x'))
          .toBody(),
      ).toThrow('`text` is text; use match on it, or term on `text.raw`');
      expect(() => passages().query().sort('address.president.name').toBody()).toThrow(
        "`address.president.name` is text; give its property @SearchField({ fields: { raw: { type: 'keyword' } } }), then sort by `address.president.name.raw`",
      );
      expect(() => passages().query().sort('remark').toBody()).toThrow(SearchQueryError);
    });
  }),
);
