import { expirationTime, lifetimeSeconds } from './lifetime.js';

const NOW = 1_767_225_600_000_000;
const DAY = 86_400;

describe('lifetime of an item', () => {
  it.each([
    [0, 0, 2],
    [1, 0, 3],
    [1_000_000, 0, 3],
    [1_000_001, 0, 4],
    [60_000_000, 1000, 63],
    [60_000_000, 1001, 64],
  ])('of a bucket that is full for %p µs, with a skew of %p ms, is %p s', (full, skew, seconds) => {
    expect(lifetimeSeconds(full, skew, NOW)).toBe(seconds);
  });

  it('never ends after the last second that memcached knows', () => {
    expect(NOW / 1_000_000 + lifetimeSeconds(Number.MAX_SAFE_INTEGER * 1000, 0, NOW)).toBeLessThan(2 ** 31);
  });
});

describe('expiration time', () => {
  it('is relative up to 30 days, and a UNIX time beyond', () => {
    expect(expirationTime(30 * DAY, NOW / 1000)).toBe(30 * DAY);
    expect(expirationTime(30 * DAY + 1, NOW / 1000)).toBe(NOW / 1_000_000 + 30 * DAY + 1);
  });

  it.each([0, 1])('is never %p: the one lives for ever, the other for no time', (ttl) => {
    expect(expirationTime(ttl, NOW / 1000)).toBe(2);
  });
});
