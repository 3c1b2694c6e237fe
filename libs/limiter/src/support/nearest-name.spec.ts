import fc from 'fast-check';
import { nearestName } from './nearest-name.js';

const OPTIONS = ['limit', 'per', 'burst', 'onStorageError', 'timeoutMs'];

/** The distance as it is defined, from the last letters on. */
function distance(from: string, to: string): number {
  if (from === '' || to === '') return from.length + to.length;
  const [a, b] = [from.slice(0, -1), to.slice(0, -1)];
  const ways = [distance(a, to) + 1, distance(from, b) + 1, distance(a, b) + (from.at(-1) === to.at(-1) ? 0 : 1)];
  if (from.length > 1 && to.length > 1 && from.at(-1) === to.at(-2) && from.at(-2) === to.at(-1))
    ways.push(distance(from.slice(0, -2), to.slice(0, -2)) + 1);
  return Math.min(...ways);
}

describe('nearest name', () => {
  it.each([
    ['brust', 'burst'],
    ['onStorageEror', 'onStorageError'],
    ['timeout', 'timeoutMs'],
    ['Limits', 'limit'],
    ['pre', 'per'],
  ])('reads %s as %s', (name, nearest) => expect(nearestName(name, OPTIONS)).toBe(nearest));

  it.each(['colour', 'x', ''])('reads %p as nothing', (name) => expect(nearestName(name, OPTIONS)).toBeUndefined());

  it('knows nothing where nothing is known', () => expect(nearestName('limit', [])).toBeUndefined());

  it('is close by the distance of Damerau, a third of the letters at most, and one at least', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(word, word, (name, known) => {
        const close = distance(name, known) <= Math.max(1, Math.floor(name.length / 3));
        expect(nearestName(name, [known])).toBe(close ? known : undefined);
      }),
    );
  });

  it('prefers the closest of several', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(word, fc.array(word, { minLength: 1, maxLength: 5 }), (name, known) => {
        const nearest = nearestName(name, known);
        if (nearest !== undefined)
          expect(distance(name, nearest)).toBe(Math.min(...known.map((each) => distance(name, each))));
      }),
    );
  });
});
