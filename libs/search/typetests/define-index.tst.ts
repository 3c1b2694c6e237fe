import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { defineIndex, SearchField, type EntityClass, type FieldsOf, type SearchQuery } from '@rookery/search';
import { SearchField as SearchFieldOfStage3 } from '@rookery/search/es';
import { describe, expect, test } from 'tstyche';

const Book = defineEntity({
  name: 'Book',
  properties: {
    id: p.integer().primary(),
    title: p.text(),
    offers: p.json<{ size: string; at: { day: string } }[]>(),
    extra: p.json<Record<string, unknown>>().nullable(),
  },
});
type Row = InferEntity<typeof Book>;
type Offers<P> = { offers: { type: 'nested'; properties: P } };

describe('defineIndex', () => {
  test('gives the class of its schema', () => {
    const Books = defineIndex(Book, { name: 'books', fields: { title: { analyzer: 'english' }, offers: {} } });
    expect(Books).type.toBe<EntityClass<Row>>();
    const query = {} as SearchQuery<typeof Books extends EntityClass<infer T> ? T : never>;
    expect(query.filter((q) => q.term('title', 'x'))).type.toBeAssignableTo<object>();
    expect(query.sort).type.not.toBeCallableWith('titel');
  });

  test('knows properties, and which parameters a type takes', () => {
    expect<{ title: { type: 'text'; analyzer: 'english' } }>().type.toBeAssignableTo<FieldsOf<Row>>();
    expect<{ title: { type: 'keyword'; analyzer: 'english' } }>().type.not.toBeAssignableTo<FieldsOf<Row>>();
    expect(defineIndex).type.not.toBeCallableWith(Book, { fields: { titel: {} } });
  });

  test('knows the keys of JSON, however deep', () => {
    expect<Offers<{ size: { type: 'keyword' } }>>().type.toBeAssignableTo<FieldsOf<Row>>();
    expect<Offers<{ at: { type: 'object'; properties: { day: { type: 'date' } } } }>>().type.toBeAssignableTo<
      FieldsOf<Row>
    >();
    expect<Offers<{ sise: { type: 'keyword' } }>>().type.not.toBeAssignableTo<FieldsOf<Row>>();
    expect<Offers<{ at: { type: 'object'; properties: { dya: { type: 'date' } } } }>>().type.not.toBeAssignableTo<
      FieldsOf<Row>
    >();
    expect<{ extra: { type: 'object'; properties: { any: { type: 'keyword' } } } }>().type.toBeAssignableTo<
      FieldsOf<Row>
    >();
  });
});

interface Sample {
  offers?: { size: string }[] | null;
  open: Record<string, unknown>;
  unknown: unknown;
  map: Map<'a' | 'b', string>;
  text: string;
}
const sample = {} as Sample;
const context = {} as { readonly static: false; readonly private: false };
const described = (key: 'size') =>
  SearchField({ type: 'nested', properties: { [key]: { type: 'keyword' } } as Record<'size', { type: 'keyword' }> });

describe('@SearchField', () => {
  test('knows the keys of the JSON it stands on', () => {
    expect(described('size')).type.toBeCallableWith(sample, 'offers');
    expect(described('size')).type.toBeCallableWith(sample, 'open');
    expect(described('size')).type.toBeCallableWith(sample, 'unknown');
    expect(described('size')).type.not.toBeCallableWith(sample, 'text');
    expect(described('size')).type.not.toBeCallableWith(sample, 'map');
    expect(SearchField({ type: 'object', properties: { a: { type: 'keyword' } } })).type.toBeCallableWith(
      sample,
      'map',
    );
    expect(SearchField({ type: 'nested', properties: { sise: { type: 'keyword' } } })).type.not.toBeCallableWith(
      sample,
      'offers',
    );
  });

  test('refuses names that are no options', () => {
    expect(SearchField).type.not.toBeCallableWith({ analyser: 'english' });
    expect(SearchField).type.toBeCallableWith({ analyzer: 'english' });
  });

  test('knows them as a stage-3 decorator too', () => {
    const field = SearchFieldOfStage3({ type: 'nested', properties: { size: { type: 'keyword' } } });
    expect(field).type.toBeCallableWith(
      undefined,
      {} as ClassFieldDecoratorContext<never, Sample['offers']> & typeof context,
    );
    expect(field).type.not.toBeCallableWith(
      undefined,
      {} as ClassFieldDecoratorContext<never, string> & typeof context,
    );
  });
});
