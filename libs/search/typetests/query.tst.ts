import { describe, expect, it } from 'tstyche';
import type { ClauseBuilder, NoneAsked, SearchQuery, SearchRepository } from '@rookery/search';
import type { Passage } from './model.js';

declare const q: ClauseBuilder<Passage>;
declare const query: SearchQuery<Passage>;
declare const repository: SearchRepository<Passage>;
declare const count: (query: SearchQuery<Passage, NoneAsked, unknown, NoneAsked>) => void;

describe('field paths', () => {
  it('lead over properties, getters, relations, references, collections and embeddables', () => {
    expect(q.exists).type.toBeCallableWith('text');
    expect(q.exists).type.toBeCallableWith('decade');
    expect(q.exists).type.toBeCallableWith('address');
    expect(q.exists).type.toBeCallableWith('address.president.party');
    expect(q.exists).type.toBeCallableWith('address.editor.name');
    expect(q.exists).type.toBeCallableWith('address.place.point.lat');
    expect(q.exists).type.toBeCallableWith('address.passages.text');
    expect(q.exists).type.toBeCallableWith('address.president.addresses.passages.tags');
  });

  it('go on after a string with a sub-field, and anywhere in JSON', () => {
    expect(q.exists).type.toBeCallableWith('text.raw');
    expect(q.exists).type.toBeCallableWith('tags.raw');
    expect(q.exists).type.toBeCallableWith('extra.any.thing');
    expect(q.exists).type.toBeCallableWith('loose.any.thing');
  });

  it('are refused where they leave the entity', () => {
    expect(q.exists).type.not.toBeCallableWith('txt');
    expect(q.exists).type.not.toBeCallableWith('');
    expect(q.exists).type.not.toBeCallableWith('address.');
    expect(q.exists).type.not.toBeCallableWith('address.yaer');
    expect(q.exists).type.not.toBeCallableWith('address.president.nmae');
    expect(q.exists).type.not.toBeCallableWith('address.year.raw');
    expect(q.exists).type.not.toBeCallableWith('quoted.raw');
    expect(q.exists).type.not.toBeCallableWith('shout');
    expect(q.exists).type.not.toBeCallableWith('address.passages.getItems');
  });
});

describe('match', () => {
  it('takes words, numbers and dates', () => {
    expect(q.match).type.toBeCallableWith('text', 'union');
    expect(q.match).type.toBeCallableWith('note', 'union', { fuzziness: 'AUTO', operator: 'and' });
    expect(q.match).type.toBeCallableWith('tags', 'union');
    expect(q.match).type.toBeCallableWith('address.year', '1900');
    expect(q.multiMatch).type.toBeCallableWith(['text', 'address.president.name'], 'union', { type: 'best_fields' });
  });

  it('refuses booleans, objects, wrong words and wrong options', () => {
    expect(q.match).type.not.toBeCallableWith('quoted', 'true');
    expect(q.match).type.not.toBeCallableWith('address', 'union');
    expect(q.match).type.not.toBeCallableWith('bytes', 'union');
    expect(q.match).type.not.toBeCallableWith('text', 1);
    expect(q.match).type.not.toBeCallableWith('text', 'union', { fuzzyness: 'AUTO' });
    expect(q.match).type.not.toBeCallableWith('text', 'union', { operator: 'xor' });
    expect(q.matchPhrase).type.not.toBeCallableWith('address.year', '1900');
    expect(q.multiMatch).type.not.toBeCallableWith(['text', 'quoted'], 'union');
  });
});

describe('term, terms and range', () => {
  it('take the values of the field', () => {
    expect(q.term).type.toBeCallableWith('quoted', true);
    expect(q.term).type.toBeCallableWith('address.year', 1900);
    expect(q.term).type.toBeCallableWith('address.president.party', 'Whig');
    expect(q.term).type.toBeCallableWith('id', 1n);
    expect(q.term).type.toBeCallableWith('id', '1');
    expect(q.term).type.toBeCallableWith('text.raw', 'union');
    expect(q.term).type.toBeCallableWith('tags', 'trade');
    expect(q.term).type.toBeCallableWith('extra.key', 1);
    expect(q.terms).type.toBeCallableWith('address.president.party', ['Whig', 'Republican']);
    expect(q.range).type.toBeCallableWith('address.year', { gte: 1900, lt: 2000 });
    expect(q.range).type.toBeCallableWith('address.heldAt', { gte: new Date(0), lt: 'now-1d/d' });
  });

  it('refuse other values', () => {
    expect(q.term).type.not.toBeCallableWith('quoted', 'true');
    expect(q.term).type.not.toBeCallableWith('address.year', '1900');
    expect(q.term).type.not.toBeCallableWith('address.president.party', 'Wigh');
    expect(q.term).type.not.toBeCallableWith('address', 1);
    expect(q.term).type.not.toBeCallableWith('text', null);
    expect(q.terms).type.not.toBeCallableWith('address.president.party', ['Whig', 'Wigh']);
    expect(q.terms).type.not.toBeCallableWith('address.year', 1900);
    expect(q.range).type.not.toBeCallableWith('quoted', { gte: true });
    expect(q.range).type.not.toBeCallableWith('address.year', { gte: '1900' });
    expect(q.range).type.not.toBeCallableWith('address.year', { from: 1900 });
    expect(q.range).type.not.toBeCallableWith('address.heldAt', { gte: 0 });
  });
});

describe('a request', () => {
  it('is ordered by fields or score', () => {
    expect(query.sort).type.toBeCallableWith('_score', 'desc');
    expect(query.sort).type.toBeCallableWith('address.year', 'desc', { missing: '_last' });
    expect(query.sort).type.not.toBeCallableWith('address');
    expect(query.sort).type.not.toBeCallableWith('address.yaer');
    expect(query.sort).type.not.toBeCallableWith('text', 'down');
  });

  it('is made of clauses', () => {
    expect(query.must).type.toBeCallableWith(() => q.bool({ should: [q.matchAll()], minimumShouldMatch: 1 }));
    expect(query.must).type.toBeCallableWith(() => [q.matchAll(), q.raw({ match_all: {} })]);
    expect(query.must).type.not.toBeCallableWith(() => ({ match_all: {} }));
    expect(query.must).type.not.toBeCallableWith(q.matchAll());
    expect(query.page).type.not.toBeCallableWith({ page: 1 });
  });
});

describe('parts that a call does not carry', () => {
  const counted = query.aggregate((a) => ({ years: a.terms('address.year') }));
  const meant = query.suggest((s) => ({ words: s.term('text', 'x') }));

  it('refuse aggregations and suggestions where no answer has them', () => {
    expect(query.count).type.toBeCallableWith();
    expect<typeof counted>().type.not.toBeAssignableTo<Parameters<typeof count>[0]>();
    expect<typeof meant>().type.not.toBeAssignableTo<Parameters<typeof count>[0]>();
    expect<SearchQuery<Passage>>().type.toBeAssignableTo<Parameters<typeof count>[0]>();
    expect(repository.stream).type.not.toBeCallableWith(() => counted);
    expect(repository.count).type.not.toBeCallableWith(() => meant);
    expect(repository.deleteByQuery).type.not.toBeCallableWith(() => counted);
    expect(repository.deleteByQuery).type.not.toBeCallableWith(() => query, { all: false });
    expect(repository.deleteByQuery).type.toBeCallableWith(() => query.sort('address.year'), { all: true });
    expect(repository.aggregate).type.toBeCallableWith(() => counted);
  });

  it('accept numbers for decimals and bigints that the ORM gives as strings', () => {
    expect(q.range).type.toBeCallableWith('text', { gte: 5, lt: '7.50' });
    expect(q.range).type.toBeCallableWith('text', { gte: 9_007_199_254_740_993n });
    expect(q.term).type.toBeCallableWith('text', 5);
    expect(q.term).type.not.toBeCallableWith('address.president.party', 5);
  });
});
