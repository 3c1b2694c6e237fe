import fc from 'fast-check';
import type { KeyPart } from '../metadata/key-parts.js';
import { afterKey, keyOrder, keyProperties, withKeys } from './key-conditions.js';

const part = (...path: string[]): KeyPart => ({
  path,
  runtimeType: 'number',
  toKey: (value) => value,
  fromKey: (value) => value,
});
const ONE = [part('id')];
const TWO = [part('order', 'id'), part('place')];
const THREE = [part('line', 'order', 'id'), part('line', 'place'), part('at')];

describe('conditions over keys', () => {
  it('name the column of a relation that has one', () => {
    expect(withKeys(ONE, [1, 2])).toEqual({ id: { $in: [1, 2] } });
    expect(withKeys(TWO, [[1, 2]])).toEqual({ $or: [{ order: 1, place: 2 }] });
    expect(withKeys(THREE, [[1, 2, 3]])).toEqual({ $or: [{ line: { order: 1, place: 2 }, at: 3 }] });
    expect(keyOrder(THREE)).toEqual({ line: { order: 'asc', place: 'asc' }, at: 'asc' });
    expect([keyProperties(ONE), keyProperties(THREE)]).toEqual([['id'], ['line', 'at']]);
  });

  it('hold for no row where there is no key', () => {
    expect(withKeys(THREE, [])).toEqual({ line: { order: { $in: [] } } });
  });

  it('go on after a key: column by column, those before it being equal', () => {
    expect(afterKey(ONE, 1)).toEqual({ id: { $gt: 1 } });
    expect(afterKey(THREE, [1, 2, 3])).toEqual({
      $or: [
        { line: { order: { $gt: 1 } } },
        { $and: [{ line: { order: 1 } }, { line: { place: { $gt: 2 } } }] },
        { $and: [{ line: { order: 1, place: 2 } }, { at: { $gt: 3 } }] },
      ],
    });
  });

  it('hold after a key for exactly the keys that come later', () => {
    const key = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2));
    fc.assert(
      fc.property(key, key, (after, other) => {
        const [order, place, at] = other;
        const later =
          order > after[0] || (order === after[0] && (place > after[1] || (place === after[1] && at > after[2])));
        expect(holds(afterKey(THREE, after), { line: { order, place }, at })).toBe(later);
      }),
    );
  });
});

/** What the ORM makes of conditions. */
function holds(where: object, row: object): boolean {
  return Object.entries(where).every(([name, value]) => {
    if (name === '$or') return (value as object[]).some((one) => holds(one, row));
    if (name === '$and') return (value as object[]).every((one) => holds(one, row));
    if (name === '$gt') return Number(row) > Number(value);
    const own = (row as Record<string, unknown>)[name];
    return typeof value === 'object' && value !== null ? holds(value as object, own as object) : own === value;
  });
}
