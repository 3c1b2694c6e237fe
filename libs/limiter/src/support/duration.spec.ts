import { parseDuration } from './duration.js';

describe('duration', () => {
  it.each([
    [250, 250],
    ['250ms', 250],
    ['30s', 30_000],
    ['1m', 60_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ] as const)('reads %p', (value, ms) => expect(parseDuration(value)).toBe(ms));

  it.each(['', 'm', '1w', '1.5s', '-1s', ' 1s', '1 m', 1.5, NaN, Infinity, null, {}])('refuses %p', (value) => {
    expect(parseDuration(value as never)).toBeUndefined();
  });
});
