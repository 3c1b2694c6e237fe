import fc from 'fast-check';
import { decodeItem, encodeItem } from './bucket-item.js';

describe('bucket item', () => {
  it('reads what it wrote', () => {
    const [nat, positive] = [fc.maxSafeNat(), fc.maxSafeNat().filter((value) => value > 0)];
    const common = { capacity: nat, level: nat, blockedUntil: nat, seenAt: nat };
    const rate = fc.record({
      kind: fc.constant('rate' as const),
      drainPerTick: positive,
      unitsPerToken: positive,
      tickMicros: fc.constantFrom(1 as const, 1000 as const),
      ...common,
    });
    const quota = fc.record({ kind: fc.constant('quota' as const), startsAt: nat, endsAt: nat, ...common });
    const state = fc.record({
      updatedAt: nat,
      limits: fc.array(fc.oneof(rate, quota), { maxLength: 4 }),
      leases: fc.array(nat),
    });
    fc.assert(
      fc.property(state, fc.stringMatching(/^[\w-]{1,20}$/), (each, nonce) => {
        expect(decodeItem(encodeItem({ state: each, nonce }))).toEqual({ state: each, nonce });
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
