import { describe, expect, it } from 'tstyche';
import type { AggregationBuilder, DocumentOf, FieldPath, ResultsOf, SearchQuery, ValueAt } from '@rookery/search';
import type { Address, Passage, President } from './model.js';

declare const query: SearchQuery<Passage>;
declare const addresses: SearchQuery<Address>;
declare const a: AggregationBuilder<Passage>;

describe('documents', () => {
  type Document = DocumentOf<Passage>;

  it('hold what JSON makes of each property', () => {
    expect<Document['text']>().type.toBe<string>();
    expect<Document['note']>().type.toBe<string | null | undefined>();
    expect<Document['id']>().type.toBe<string>();
    expect<Document['bytes']>().type.toBe<string>();
    expect<Document['tags']>().type.toBe<readonly string[]>();
    expect<Document['decade']>().type.toBe<string>();
    expect<Document['address']['heldAt']>().type.toBe<string>();
    expect<Document['address']['place']['point']['lat']>().type.toBe<number>();
    expect<Document['address']['passages'][number]['text']>().type.toBe<string>();
    expect<NonNullable<Document['address']['editor']>['party']>().type.toBe<President['party']>();
    expect<Document>().type.not.toHaveProperty('shout');
  });
});

describe('values at a path', () => {
  it('are those of the property', () => {
    expect<ValueAt<Passage, 'address.year'>>().type.toBe<number>();
    expect<ValueAt<Passage, 'address.editor.party'>>().type.toBe<President['party']>();
    expect<ValueAt<Passage, 'text.raw'>>().type.toBe<string>();
    expect<ValueAt<Passage, 'tags'>>().type.toBe<string>();
  });

  it('a wrong path becomes the choices there are', () => {
    expect<FieldPath<Passage, 'address.yaer', number>>().type.toBe<
      'address.id' | 'address.year' | 'address.president.' | 'address.editor.' | 'address.place.' | 'address.passages.'
    >();
  });
});

describe('dates', () => {
  it('come as Date when asked, in the whole and in parts', async () => {
    const page = await query.dates().search();
    expect(page.hits[0]!.source.address.heldAt).type.toBe<Date>();
    expect(page.hits[0]!.source.text).type.toBe<string>();
    const part = await query.source(['address.heldAt']).dates().search();
    expect(part.hits[0]!.source.address?.heldAt).type.toBe<Date | undefined>();
    const none = await query.source(false).dates().search();
    expect(none.hits[0]!.source).type.toBe<undefined>();
    const undone = await query.dates().source(['address.heldAt']).search();
    expect(undone.hits[0]!.source.address?.heldAt).type.toBe<string | undefined>();
  });
});

describe('inner hits', () => {
  it('of a nested field are its elements, and of another name as they come', async () => {
    const page = await addresses.search();
    expect(page.hits[0]!.innerHits.passages!.hits[0]!.source.text).type.toBe<string>();
    expect(page.hits[0]!.innerHits.passages!.total).type.toBe<number>();
    expect(page.hits[0]!.innerHits['best']!.hits[0]!.source['text']).type.toBe<unknown>();
    expect(page.hits[0]!.innerHits.passages!.hits[0]!.source.tags).type.toBe<readonly string[]>();
  });
});

describe('answers', () => {
  it('have typed hits and aggregations through all levels', async () => {
    const page = await query
      .aggregate((b) => ({
        parties: b.terms('address.president.party', {
          aggs: (c) => ({ years: c.histogram('address.year', { interval: 10, aggs: (d) => ({ top: d.topHits() }) }) }),
        }),
      }))
      .aggregate((b) => ({ dates: b.dateHistogram('address.heldAt', { calendarInterval: 'year' }) }))
      .search();
    expect(page.hits[0]!.source).type.toBe<DocumentOf<Passage>>();
    expect(page.aggregations.parties.buckets[0]!.key).type.toBe<President['party']>();
    expect(page.aggregations.parties.buckets[0]!.years.buckets[0]!.key).type.toBe<number>();
    expect(page.aggregations.parties.buckets[0]!.years.buckets[0]!.top.hits[0]!.source.text).type.toBe<string>();
    expect(page.aggregations.dates.buckets[0]!.key).type.toBe<Date>();
    expect(page.aggregations).type.not.toHaveProperty('other');
    expect(page.aggregations.parties.buckets[0]!).type.not.toHaveProperty('top');
  });

  it('of raw aggregations are what the caller says', () => {
    const raw = a.raw<{ value: number }>({ max: { field: 'position' } });
    expect<ResultsOf<{ raw: typeof raw }>['raw']>().type.toBe<{ value: number }>();
  });

  it('cannot be asked of fields that do not fit', () => {
    expect(a.terms).type.not.toBeCallableWith('address');
    expect(a.terms).type.not.toBeCallableWith('nope');
    expect(a.histogram).type.toBeCallableWith('text', { interval: 1 });
    expect(a.histogram).type.not.toBeCallableWith('address.year', {});
    expect(a.dateHistogram).type.not.toBeCallableWith('address.year', { calendarInterval: 'year' });
    expect(a.dateHistogram).type.not.toBeCallableWith('address.heldAt', { calendarInterval: 'decade' });
    expect(a.dateHistogram).type.not.toBeCallableWith('address.heldAt', {
      calendarInterval: 'year',
      fixedInterval: '1d',
    });
  });
});
