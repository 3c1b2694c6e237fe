import { keySlot } from './key-slot.js';

// As CLUSTER KEYSLOT of Redis 7.0 gives them.
it.each([
  ['123456789', 12739],
  ['foo', 12182],
  ['', 0],
  ['{user1000}.following', 3443],
  ['{user1000}.followers', 3443],
  ['foo{}{bar}', 8363],
  ['foo{{bar}}zap', 4015],
  ['foo{bar}{zap}', 5061],
])('the slot of %j is %i', (key, slot) => expect(keySlot(key)).toBe(slot));
