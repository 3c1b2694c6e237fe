import { inspect } from 'node:util';
import { FoundHit } from './found-hit.js';
import { entityHitsOf } from './hit-class.js';

class Book {}
class Novel extends Book {}

describe('a hit', () => {
  const EntityHit = entityHitsOf({ entity: Novel, tree: undefined });
  const found = { _index: 'books', _id: '1', _score: 1, _source: { pages: 7 } };
  const plain = {
    id: '1',
    index: 'books',
    routing: undefined,
    score: 1,
    source: { pages: 7 },
    fields: {},
    highlights: {},
    sort: [],
    innerHits: {},
    matchedQueries: [],
    explanation: undefined,
  };

  it.each([
    ['of an entity', new EntityHit(found, found._source)],
    ['inside another', new FoundHit(found)],
  ])('%s is printed, compared and written as a plain object', (_what, hit) => {
    expect(hit).toStrictEqual(plain);
    expect(inspect(hit)).toBe(inspect(plain));
    expect(JSON.stringify(hit)).toBe(JSON.stringify(plain));
    expect({ ...hit }).toStrictEqual(plain);
  });

  it('says of which class it is', () => {
    const hit = new EntityHit(found, found._source);
    expect([hit.is(Novel), hit.is(Book), hit.is(class {})]).toEqual([true, true, false]);
  });
});
