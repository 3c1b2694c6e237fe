import type { FieldMapping } from '../contracts/index-body.js';
import { SearchQueryError } from '../errors/query.errors.js';
import { FieldCatalog } from './field-catalog.js';

const PROPERTIES: Readonly<Record<string, FieldMapping>> = {
  title: {
    type: 'text',
    fields: { raw: { type: 'keyword' }, typed: { type: 'search_as_you_type', max_shingle_size: 2 } },
  },
  name: { type: 'search_as_you_type' },
  at: { type: 'date', format: 'yyyy' },
  since: { type: 'date' },
  offers: {
    type: 'nested',
    properties: { price: { type: 'double' }, shop: { type: 'object', properties: { city: { type: 'keyword' } } } },
  },
  facts: { type: 'object', dynamic: true, properties: { known: { type: 'keyword' } } } as unknown as FieldMapping,
  labels: { type: 'flat_object' },
  closed: { type: 'object', properties: { inner: { type: 'keyword' } } },
  extra: { type: 'keyword' },
};

const value = (name: string, runtimeType?: string) => ({
  kind: 'value',
  name,
  options: {},
  facts: runtimeType && { runtimeType },
});
const object = (name: string, ...fields: object[]) => ({ kind: 'object', name, options: {}, fields });

const catalog = new FieldCatalog({
  alias: 'books',
  body: { mappings: { properties: PROPERTIES } },
  model: {
    fields: [
      value('title', 'string'),
      value('name'),
      value('at', 'Date'),
      value('since', 'Date'),
      object('offers', value('price', 'number'), object('shop', value('city', 'string'))),
      { ...value('facts', 'object'), keys: [value('known')] },
      value('labels'),
      object('closed', value('inner')),
      value('dropped'),
    ],
    options: { properties: { extra: {} } },
  },
} as never);

const refusal = (path: string, use: Parameters<FieldCatalog['require']>[1] = 'exists', within?: string): string => {
  try {
    catalog.require(path, use, within);
  } catch (error) {
    expect(error).toBeInstanceOf(SearchQueryError);
    expect((error as SearchQueryError).message).toContain(`\`${path}\``);
    return (error as SearchQueryError).message;
  }
  return 'none';
};

const ALL = [
  'title, title.raw, title.typed, title.typed._2gram, title.typed._index_prefix',
  'name, name._2gram, name._3gram, name._index_prefix',
  'at, since, offers, offers.price, offers.shop, offers.shop.city, facts, facts.known, labels, closed, closed.inner, extra',
].join(', ');

describe('the fields of an index', () => {
  it.each([
    ['title', 'text', 'string'],
    ['title.raw', 'keyword', 'string'],
    ['title.typed', 'search_as_you_type', 'string'],
    ['title.typed._2gram', 'text', 'string'],
    ['title.typed._index_prefix', 'text', 'string'],
    ['name._2gram', 'text', ''],
    ['name._3gram', 'text', ''],
    ['name._index_prefix', 'text', ''],
    ['offers', 'nested', ''],
    ['offers.price', 'double', 'number'],
    ['offers.shop', 'object', ''],
    ['offers.shop.city', 'keyword', 'string'],
    ['facts', 'object', 'object'],
    ['facts.known', 'keyword', ''],
    ['extra', 'keyword', ''],
  ])('have %s, of type %s, from a property of type %j', (path, type, runtimeType) => {
    expect(catalog.typeOf(path)).toEqual({ type, runtimeType });
    const within = path.startsWith('offers.') ? 'offers' : undefined;
    expect(catalog.require(path, 'exists', within)).toBe(path);
  });

  it.each(['dropped', 'facts.made', 'title.typed._3gram', 'name._4gram', 'title.keyword', 'extra.raw'])(
    'have no type for %s',
    (path) => expect(catalog.typeOf(path)).toBeUndefined(),
  );

  it.each(['facts.made', 'facts.made.of.more', 'labels.any', 'labels.any.more'])(
    'have %s, in what is open, for any use',
    (path) => {
      expect(catalog.require(path, 'exact')).toBe(path);
      expect(catalog.require(path, 'scoreNumber')).toBe(path);
      expect(catalog.nestedOf(path)).toBeUndefined();
    },
  );

  it('say which nested field a path goes through', () => {
    expect(
      ['offers', 'offers.price', 'offers.shop.city', 'title', 'none'].map((path) => catalog.nestedOf(path)),
    ).toEqual([undefined, 'offers', 'offers', undefined, undefined]);
    expect(refusal('offers.price')).toContain('offers');
    expect(refusal('title', 'exists', 'offers')).not.toBe('none');
  });

  it('have the format of a date where it has one', () =>
    expect(['at', 'since', 'title', 'none'].map((path) => catalog.formatOf(path))).toEqual([
      'yyyy',
      undefined,
      undefined,
      undefined,
    ]));

  it.each([
    ['titel', 'title, name, at, since, offers, facts, labels, closed, extra'],
    ['dropped', 'title, name, at, since, offers, facts, labels, closed, extra'],
    ['closed.other', 'closed.inner'],
    ['offers.shop.town', 'offers.shop.city'],
    ['title.wrong', 'title.raw, title.typed'],
    ['unknown.at', ALL],
    ['extra.raw', ALL],
    ['', 'title, name, at, since, offers, facts, labels, closed, extra'],
  ])('refuse %j, and name those that may be meant', (path, choices) =>
    expect(refusal(path)).toBe(`\`${path}\` is no field of books: use one of ${choices}`),
  );

  it('refuse what a type is of no use for, and name the sub-field that is', () => {
    expect(refusal('title', 'exact')).toContain('`title.raw`');
    expect(refusal('title.typed._2gram', 'sort')).toContain('is text');
    expect(refusal('at', 'scoreNumber')).toBe('`at` is date; a score needs a numeric field');
    expect(refusal('extra', 'scoreNumber')).toBe('`extra` is keyword; a score needs a numeric field');
    expect(refusal('title.raw', 'scoreNumber')).toBe('`title.raw` is keyword; a score needs a numeric field');
  });
});
