import fc from 'fast-check';
import { decodeItem, encodeItem } from './bucket-item.js';

describe('bucket item', () => {
  it('reads what it wrote', () => {
    const level = fc.record({ level: fc.maxSafeNat(), unit: fc.maxSafeNat().filter((unit) => unit > 0) });
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.stringMatching(/^[\w-]{1,20}$/),
        fc.array(level, { minLength: 1, maxLength: 4 }),
        (updatedAt, nonce, pairs) => {
          const item = {
            nonce,
            state: {
              updatedAt,
              levels: pairs.map((pair) => pair.level),
              unitsPerToken: pairs.map((pair) => pair.unit),
            },
          };
          expect(decodeItem(encodeItem(item))).toEqual(item);
        },
      ),
    );
  });

  it.each([
    '',
    '1',
    '1:n',
    '1:n:5',
    '1:n:5:0',
    '1:n:5:1:7',
    '-1:n:5:1',
    '1:n:5:1\n',
    '1:n:9007199254740992:1',
    5,
    null,
    undefined,
    {},
  ])('takes %p for no bucket', (value) => {
    expect(decodeItem(value)).toBeUndefined();
  });
});
