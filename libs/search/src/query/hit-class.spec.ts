import { SearchQueryError } from '../errors/query.errors.js';
import { entityHitsOf } from './hit-class.js';
import { assertWhole } from './whole-answer.js';

type Model = Parameters<typeof entityHitsOf>[0];

class Work {}
class Novel extends Work {}
class Thriller extends Novel {}
class Film extends Work {}

const classes = new Map<string, typeof Work>([
  ['work', Work],
  ['novel', Novel],
  ['1', Thriller],
]);
const model = { entity: Work, tree: { discriminator: 'kind', classes } } as unknown as Model;
const hitOf = (source: object | undefined, of = model) =>
  new (entityHitsOf(of))({ _id: '7', _index: 'works', _score: 1 }, source);

describe('the class of a hit', () => {
  it.each<[string | number, boolean, boolean, boolean]>([
    ['work', true, false, false],
    ['novel', true, true, false],
    [1, true, true, true],
  ])('is that of its field, and each above it: %p', (kind, work, novel, thriller) => {
    const hit = hitOf({ kind });
    expect([hit.is(Work), hit.is(Novel), hit.is(Thriller), hit.is(Film)]).toEqual([work, novel, thriller, false]);
  });

  it('is that of the index where there is one', () => {
    const hit = hitOf(undefined, { entity: Novel, tree: undefined });
    expect([hit.is(Work), hit.is(Novel), hit.is(Thriller)]).toEqual([true, true, false]);
  });

  it('shows in nothing that is printed of it', () => {
    expect(Object.keys(hitOf({}))).not.toContain('is');
    expect(JSON.parse(JSON.stringify(hitOf({ kind: 'novel' })))).toMatchObject({ id: '7', source: { kind: 'novel' } });
  });

  it.each([undefined, {}, { kind: 'poem' }])('is unknown with %j, and the field to ask for is named', (source) => {
    const hit = hitOf(source);
    expect(() => hit.is(Work)).toThrow(SearchQueryError);
    expect(() => hit.is(Work)).toThrow(
      'the hit 7 came without its field `kind`, which holds its class: list it in source(…)',
    );
  });
});

it('an answer that cannot say that it is a part is refused when it is one', () => {
  expect(() => assertWhole('main', true)).toThrow('serverTimeoutMs');
  for (const whole of [false, undefined]) expect(() => assertWhole('main', whole)).not.toThrow();
});
