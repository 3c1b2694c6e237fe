import { MikroORM } from '@mikro-orm/postgresql';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { SearchQueryError, SearchService } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { ENTITIES, Passage } from './entities.js';

describe('compiled queries', () => {
  const orm = new MikroORM({ entities: ENTITIES, dbName: 'none', metadataProvider: ReflectMetadataProvider });
  const passages = new SearchService(orm, { engine: openSearch({ node: 'http://127.0.0.1:9' }) }).repository(Passage);
  const query = () => passages.query();

  it('hold only what was asked', () => {
    expect(query().toBody()).toEqual({ query: { match_all: {} }, from: 0, size: 10, track_total_hits: true });
  });

  it('write each part in the words of the engine', () => {
    const body = query()
      .must((q) => q.match('text', 'union', { fuzziness: 'AUTO', prefixLength: 1 }))
      .filter((q) => [q.range('address.heldAt', { gte: new Date(0) }, { timeZone: '+01:00' }), q.term('quoted', false)])
      .mustNot((q) => q.exists('topics'))
      .minimumShouldMatch(0)
      .sort('address.year', 'desc', { missing: '_last' })
      .sort('_score', 'desc')
      .highlight('text', { preTag: '<b>', postTag: '</b>', fragmentSize: 0 })
      .page({ number: 3, size: 5 })
      .raw({ explain: true })
      .toBody();
    expect(body).toEqual({
      query: {
        bool: {
          must: [{ match: { text: { query: 'union', fuzziness: 'AUTO', prefix_length: 1 } } }],
          filter: [
            { range: { 'address.heldAt': { gte: '1970-01-01T00:00:00.000Z', time_zone: '+01:00' } } },
            { term: { quoted: { value: false } } },
          ],
          must_not: [{ exists: { field: 'topics' } }],
          minimum_should_match: 0,
        },
      },
      from: 10,
      size: 5,
      track_total_hits: true,
      sort: [{ 'address.year': { order: 'desc', missing: '_last' } }, { _score: { order: 'desc' } }],
      highlight: { fields: { text: { pre_tags: ['<b>'], post_tags: ['</b>'], number_of_fragments: 0 } } },
      explain: true,
    });
  });

  it('never change what they were made from', () => {
    const base = query().filter((q) => q.term('quoted', true));
    const before = JSON.stringify(base.toBody());
    base
      .must((q) => q.match('text', 'x'))
      .sort('position')
      .page({ size: 1 })
      .highlight('text');
    expect(JSON.stringify(base.toBody())).toBe(before);
    expect(() => (base.request.parts as { filter: unknown[] }).filter.push(1)).toThrow(TypeError);
  });

  const many = Array.from({ length: 65_537 }, (_, at) => `${at}`);
  const untyped = (value: unknown): never => value as never;
  it.each([
    [
      'a field that is not there',
      () => query().must((q) => q.match(untyped('txt'), 'x')),
      '`txt` is no field of passages: use one of text, position, quoted, address, topics',
    ],
    [
      'a path that is not included',
      () => query().sort('address.president.id'),
      '`address.president.id` is no field of passages: use one of address.president.name, address.president.party',
    ],
    [
      'NaN',
      () => query().filter((q) => q.range('position', { gte: NaN })),
      '`position` needs a string, a finite number, a boolean or a valid Date (got NaN)',
    ],
    [
      'an invalid date',
      () => query().filter((q) => q.range('address.heldAt', { lt: new Date(NaN) })),
      '(got Invalid Date)',
    ],
    ['an object for a value', () => query().filter((q) => q.term('position', untyped({}))), '(got {})'],
    [
      'no terms',
      () => query().filter((q) => q.terms('topics.label', [])),
      'terms on `topics.label` needs 1 to 65536 values (got 0)',
    ],
    ['too many terms', () => query().filter((q) => q.terms('topics.label', many)), '(got 65537)'],
    [
      'a range without bounds',
      () => query().filter((q) => q.range('position', {})),
      'range on `position` needs at least one of gt, gte, lt, lte (got none)',
    ],
    [
      'no words',
      () => query().must((q) => q.match('text', untyped(undefined))),
      '`text` needs a string to search for (got undefined)',
    ],
    ['no fields', () => query().must((q) => q.multiMatch([], 'x')), 'multiMatch needs at least one field (got none)'],
    ['page 0', () => query().page({ number: 0 }), 'page.number must be a whole number of 1 or more (got 0)'],
    [
      'a page beyond the end of pages',
      () => query().page({ number: 501, size: 20 }),
      'page 501 of 20 ends at hit 10020, and pages end at hit 10000: narrow the query',
    ],
    [
      'a phrase in numbers',
      () => query().must((q) => q.matchPhrase(untyped('position'), 'x')),
      '`position` is integer; a phrase needs a text field, here use term',
    ],
    [
      'an order by an object',
      () => query().sort(untyped('address')),
      '`address` is object; sort by a field that holds single values',
    ],
    [
      'facets of text',
      () => query().aggregate((a) => ({ a: a.terms('text') })),
      '`text` is text; aggregate by `text.raw`',
    ],
    [
      'a histogram of words',
      () => query().aggregate((a) => ({ a: a.histogram(untyped('topics.label'), { interval: 1 }) })),
      '`topics.label` is keyword; a histogram needs numbers',
    ],
    [
      'an interval of 0',
      () => query().aggregate((a) => ({ a: a.histogram('position', { interval: 0 }) })),
      'needs an interval above 0 (got 0)',
    ],
    [
      'a size of 0',
      () => query().aggregate((a) => ({ a: a.terms('position', { size: 0 }) })),
      'needs a size of 1 or more (got 0)',
    ],
  ])('refuse %s', (_name, ask, message) => {
    expect(() => ask().toBody()).toThrow(message);
    expect(() => ask().toBody()).toThrow(SearchQueryError);
  });
});
