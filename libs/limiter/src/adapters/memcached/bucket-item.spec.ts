import fc from 'fast-check';
import { fromNumbers } from '../../algorithm/state-numbers.js';
import { decodeItem, encodeItem } from './bucket-item.js';

const [whole, positive] = [fc.maxSafeNat(), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })];
const limit = fc.tuple(fc.constantFrom(1, 2, 3), positive, positive, whole, whole, whole, whole);
/** Of any state, as `toNumbers` has them. */
const stateNumbers = fc
  .tuple(whole, fc.array(limit, { maxLength: 4 }), fc.array(whole))
  .map(([updatedAt, limits, leases]) => [updatedAt, limits.length, ...limits.flat(), ...leases]);

describe('bucket item', () => {
  it('is the nonce and the numbers of the state, and is read as it was written', () => {
    fc.assert(
      fc.property(stateNumbers, fc.stringMatching(/^[\w-]{1,20}$/), (numbers, nonce) => {
        const item = { state: fromNumbers(numbers)!, nonce };
        expect(encodeItem(item)).toBe(`${nonce}:${numbers.join(':')}`);
        expect(decodeItem(encodeItem(item))).toEqual(item);
      }),
    );
  });

  it.each([
    '',
    '1',
    'n:1',
    'n:5:1',
    'n:5:1:1:0:1:1:1:0:0',
    'n:5:1:1:1:0:1:1:0:0',
    'n:5:1:4:1:1:1:1:0:0',
    'n:5:1:1:1:1:1:1:0',
    'n:-5:0',
    'n:5:0\n',
    'n:9007199254740992:0',
    5,
    null,
    undefined,
    {},
  ])('takes %p for no bucket', (value) => {
    expect(decodeItem(value)).toBeUndefined();
  });
});
