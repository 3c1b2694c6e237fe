import { describe, expect, it } from 'tstyche';
import type { Clause, ClauseBuilder } from '@rookery/search';
import type { Passage, President } from './model.js';

declare const q: ClauseBuilder<
  Passage & {
    at: { lat: number; lon: number };
    where: string;
    vector: number[];
    ages: { gte: number; lt?: number };
    term: { gte: Date; lte: Date };
  }
>;
declare const clause: Clause;
declare const party: President['party'];

describe('full text', () => {
  it('takes words in fields of words', () => {
    expect(q.matchPhrasePrefix).type.toBeCallableWith('text', 'the uni', { maxExpansions: 10, slop: 1 });
    expect(q.matchBoolPrefix).type.toBeCallableWith('note', 'the uni', { operator: 'and', fuzziness: 1 });
    expect(q.multiMatch).type.toBeCallableWith(['text', 'note'], 'x', { boosts: { text: 2 }, type: 'cross_fields' });
    expect(q.combinedFields).type.toBeCallableWith(['text', 'address.president.name'], 'x', {
      boosts: { text: 2 },
      operator: 'and',
    });
    expect(q.queryString).type.toBeCallableWith('x AND y', {
      fields: ['text', 'address.year'],
      defaultOperator: 'and',
    });
    expect(q.simpleQueryString).type.toBeCallableWith('x +y', { fields: ['text'], flags: 'OR|PREFIX' });
    expect(q.simpleQueryString).type.toBeCallableWith('x +y');
    expect(
      q.intervals('text', (i) => i.allOf([i.match('x', { maxGaps: 1 }), i.prefix('y')])),
    ).type.toBeAssignableTo<Clause>();
    expect(q.match).type.toBeCallableWith('text', 'x', { fuzziness: 'AUTO:3,6', name: 'title' });
  });

  it('refuses other fields, other words and other options', () => {
    expect(q.matchPhrasePrefix).type.not.toBeCallableWith('address.year', '19');
    expect(q.matchPhrasePrefix).type.not.toBeCallableWith('text', 'x', { maxExpansion: 10 });
    expect(q.matchBoolPrefix).type.not.toBeCallableWith('quoted', 'x');
    expect(q.matchBoolPrefix).type.not.toBeCallableWith('text', 'x', { fuzziness: 3 });
    expect(q.multiMatch).type.not.toBeCallableWith(['text'], 'x', { boosts: { note: 2 } });
    expect(q.multiMatch).type.not.toBeCallableWith(['text'], 'x', { type: 'best' });
    expect(q.multiMatch).type.not.toBeCallableWith('text', 'x');
    expect(q.combinedFields).type.not.toBeCallableWith(['address.year'], 'x');
    expect(q.combinedFields).type.not.toBeCallableWith(['text'], 'x', { fuzziness: 1 });
    expect(q.queryString).type.not.toBeCallableWith('x', { fields: ['txt'] });
    expect(q.queryString).type.not.toBeCallableWith('x', { defaultOperator: 'not' });
    expect(q.simpleQueryString).type.not.toBeCallableWith(1);
    expect(q.simpleQueryString).type.not.toBeCallableWith('x', { fields: ['quoted'] });
    expect(q.intervals).type.not.toBeCallableWith('address.year', () => {
      throw new Error();
    });
    expect(q.intervals).type.not.toBeCallableWith('text', 'x');
    expect(q.match).type.not.toBeCallableWith('text', 'x', { fuzziness: 'auto' });
  });
});

describe('terms and patterns', () => {
  it('take values of the field', () => {
    expect(q.ids).type.toBeCallableWith(['1', 2, 3n]);
    expect(q.termsLookup).type.toBeCallableWith('address.id', { index: 'i', id: '1', path: 'ids' });
    expect(q.prefix).type.toBeCallableWith('tags', 'uni', { caseInsensitive: true });
    expect(q.wildcard).type.toBeCallableWith('address.president.name', 'Li*');
    expect(q.regexp).type.toBeCallableWith('text.raw', 'L.*', { flags: 'NONE' });
    expect(q.fuzzy).type.toBeCallableWith('text.raw', 'union', { fuzziness: 'AUTO' });
    expect(q.term).type.toBeCallableWith('address.president.party', party);
    expect(q.range).type.toBeCallableWith('address.heldAt', { gte: 'now-1y/y' }, { relation: 'within' });
  });

  it('refuse values and fields of another type', () => {
    expect(q.ids).type.not.toBeCallableWith('1');
    expect(q.ids).type.not.toBeCallableWith([true]);
    expect(q.termsLookup).type.not.toBeCallableWith('address.id', { index: 'i', id: '1' });
    expect(q.termsLookup).type.not.toBeCallableWith('address', { index: 'i', id: '1', path: 'x' });
    expect(q.prefix).type.not.toBeCallableWith('address.year', '19');
    expect(q.prefix).type.not.toBeCallableWith('text', 19);
    expect(q.wildcard).type.not.toBeCallableWith('address.heldAt', '19*');
    expect(q.regexp).type.not.toBeCallableWith('text', /L.*/);
    expect(q.fuzzy).type.not.toBeCallableWith('text', 'x', { fuzziness: -1 });
    expect(q.fuzzy).type.not.toBeCallableWith('quoted', 'x');
    expect(q.term).type.not.toBeCallableWith('address.president.party', 'Tory');
    expect(q.terms).type.not.toBeCallableWith('address.year', ['1900']);
    expect(q.range).type.not.toBeCallableWith('address.year', { gte: new Date() });
    expect(q.range).type.not.toBeCallableWith('address.heldAt', { gte: 1900 });
  });
});

describe('geo, likeness and scores', () => {
  it('take places, vectors and functions', () => {
    expect(q.geoDistance).type.toBeCallableWith('at', { lat: 1, lon: 2 }, '12km');
    expect(q.geoDistance).type.toBeCallableWith('where', { lat: 1, lon: 2 }, '1.5mi', { distanceType: 'plane' });
    expect(q.geoBoundingBox).type.toBeCallableWith('at', {
      topLeft: { lat: 1, lon: 2 },
      bottomRight: { lat: 0, lon: 3 },
    });
    expect(q.geoPolygon).type.toBeCallableWith('at', [{ lat: 1, lon: 2 }]);
    expect(q.knn).type.toBeCallableWith('vector', [1, 2], { k: 3, filter: clause });
    expect(q.moreLikeThis).type.toBeCallableWith(['text', 'note'], [{ id: '1' }, 'words'], { minTermFreq: 1 });
    expect(q.scriptScore).type.toBeCallableWith(clause, { source: 'x', params: { a: 1 } });
    expect(
      q.functionScore(clause, (f) => [
        f.fieldValueFactor('address.year', { modifier: 'log1p' }),
        f.random({ seed: 1 }),
        f.weight(2, { filter: clause }),
      ]),
    ).type.toBeAssignableTo<Clause>();
    expect(
      q.functionScore(clause, (f) => f.decay('gauss', 'address.heldAt', { origin: new Date(), scale: '10d' })),
    ).type.toBeAssignableTo<Clause>();
  });

  it('refuse what is none', () => {
    expect(q.geoDistance).type.not.toBeCallableWith('address.year', { lat: 1, lon: 2 }, '12km');
    expect(q.geoDistance).type.not.toBeCallableWith('at', { lat: 1 }, '12km');
    expect(q.geoDistance).type.not.toBeCallableWith('at', { lat: 1, lon: 2 }, '12 miles');
    expect(q.geoDistance).type.not.toBeCallableWith('at', { lat: 1, lon: 2 }, 12);
    expect(q.geoBoundingBox).type.not.toBeCallableWith('at', { topLeft: { lat: 1, lon: 2 } });
    expect(q.geoPolygon).type.not.toBeCallableWith('at', { lat: 1, lon: 2 });
    expect(q.knn).type.not.toBeCallableWith('vector', [1, 2], {});
    expect(q.knn).type.not.toBeCallableWith('text', [1, 2], { k: 3 });
    expect(q.knn).type.not.toBeCallableWith('vector', ['1'], { k: 3 });
    expect(q.moreLikeThis).type.not.toBeCallableWith(['address.year'], 'x');
    expect(q.moreLikeThis).type.not.toBeCallableWith(['text'], [{ key: 1 }]);
    expect(q.scriptScore).type.not.toBeCallableWith(clause);
    expect(q.functionScore).type.not.toBeCallableWith(clause, 'random');
    q.functionScore(clause, (f) => {
      expect(f.fieldValueFactor).type.not.toBeCallableWith('text');
      expect(f.fieldValueFactor).type.not.toBeCallableWith('address.year', { modifier: 'log3p' });
      expect(f.decay).type.not.toBeCallableWith('bell', 'address.year', { scale: 1 });
      expect(f.decay).type.not.toBeCallableWith('gauss', 'text', { scale: 1 });
      expect(f.weight).type.not.toBeCallableWith('2');
      return f.random();
    });
  });
});

describe('compound and joining', () => {
  it('take clauses', () => {
    expect(q.bool).type.toBeCallableWith({ must: [clause], should: [clause], minimumShouldMatch: '75%' });
    expect(q.constantScore).type.toBeCallableWith(clause, { boost: 2 });
    expect(q.disMax).type.toBeCallableWith([clause], { tieBreaker: 0.3 });
    expect(q.boosting).type.toBeCallableWith({ positive: clause, negative: clause, negativeBoost: 0.1 });
    expect(q.nested).type.toBeCallableWith('address.passages', clause, { scoreMode: 'max', innerHits: { size: 1 } });
    expect(q.nested).type.toBeCallableWith('address.president', clause, { innerHits: true });
    expect(q.hasChild).type.toBeCallableWith('answer', clause, { minChildren: 2 });
    expect(q.hasParent).type.toBeCallableWith('question', clause, { score: true });
  });

  it('refuse what is none', () => {
    expect(q.bool).type.not.toBeCallableWith({ must: clause });
    expect(q.bool).type.not.toBeCallableWith({ mustnt: [clause] });
    expect(q.constantScore).type.not.toBeCallableWith({ match: { text: 'x' } });
    expect(q.disMax).type.not.toBeCallableWith([clause], { tieBreak: 0.3 });
    expect(q.boosting).type.not.toBeCallableWith({ positive: clause, negative: clause });
    expect(q.nested).type.not.toBeCallableWith('text', clause);
    expect(q.nested).type.not.toBeCallableWith('address.heldAt', clause);
    expect(q.nested).type.not.toBeCallableWith('adress', clause);
    expect(q.nested).type.not.toBeCallableWith('address.passages', clause, { scoreMode: 'median' });
    expect(q.hasChild).type.not.toBeCallableWith(clause);
    expect(q.hasParent).type.not.toBeCallableWith('question', clause, { minChildren: 2 });
  });
});

describe('fields that hold ranges', () => {
  it('take what lies between the bounds', () => {
    expect(q.range).type.toBeCallableWith('ages', { gte: 3, lt: 5 }, { relation: 'within' });
    expect(q.range).type.toBeCallableWith('term', { gte: new Date(), lt: 'now' });
    expect(q.term).type.toBeCallableWith('ages', 3);
    expect(q.term).type.toBeCallableWith('term', new Date());
  });

  it('refuse other values', () => {
    expect(q.range).type.not.toBeCallableWith('ages', { gte: 'three' });
    expect(q.range).type.not.toBeCallableWith('term', { gte: 3 });
    expect(q.term).type.not.toBeCallableWith('ages', true);
    expect(q.term).type.not.toBeCallableWith('ages', { gte: 1 });
    expect(q.range).type.not.toBeCallableWith('address', { gte: 1 });
  });
});
