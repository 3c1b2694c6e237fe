import fc from 'fast-check';
import type { KeyPart } from '../metadata/key-parts.js';
import { inKeyOrder } from './in-key-order.js';

const part = (...path: string[]): KeyPart => ({ path, runtimeType: 'any', toKey: String, fromKey: (value) => value });

describe('rows in the order of their keys', () => {
  it.each([
    ['numbers by their size', [{ id: 10 }, { id: 9 }, { id: -1 }], [{ id: -1 }, { id: 9 }, { id: 10 }]],
    ['texts by their code units', [{ id: 'b' }, { id: 'B' }, { id: 'a' }], [{ id: 'B' }, { id: 'a' }, { id: 'b' }]],
    ['large numbers', [{ id: 2n ** 60n }, { id: 2n ** 60n - 1n }], [{ id: 2n ** 60n - 1n }, { id: 2n ** 60n }]],
  ])('%s', (_what, given, expected) => {
    expect(inKeyOrder(given, [part('id')])).toEqual(expected);
  });

  it('goes by a relation in the key, then by the next column', () => {
    const rows = [
      { order: { id: 2 }, place: 'a' },
      { order: { id: 1 }, place: 'b' },
      { order: { id: 1 }, place: 'a' },
    ];
    expect(inKeyOrder(rows, [part('order', 'id'), part('place')])).toEqual([rows[2], rows[1], rows[0]]);
  });

  it('is the same whatever the order was before', () => {
    const keys = fc.uniqueArray(fc.tuple(fc.integer(), fc.string()), { selector: String });
    fc.assert(
      fc.property(keys, fc.infiniteStream(fc.nat()), (pairs, random: Iterator<number>) => {
        const rows = pairs.map(([a, b]) => ({ a, b }));
        const shuffled = rows
          .map((row) => ({ row, at: random.next().value as number }))
          .sort((one, other) => one.at - other.at)
          .map(({ row }) => row);
        expect(inKeyOrder(shuffled, [part('a'), part('b')])).toEqual(inKeyOrder(rows, [part('a'), part('b')]));
      }),
    );
  });
});
