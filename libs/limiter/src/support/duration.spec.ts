import fc from 'fast-check';
import { parseDuration } from './duration.js';

describe('duration', () => {
  it.each([
    [250, 250],
    [0.5, 0.5],
    ['250ms', 250],
    ['30s', 30_000],
    ['1m', 60_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
    ['1.5s', 1500],
    ['0.5d', 43_200_000],
  ] as const)('reads %p', (value, ms) => expect(parseDuration(value)).toBe(ms));

  it('reads every fraction that is whole milliseconds as exactly those', () => {
    fc.assert(
      fc.property(fc.nat(99_999), fc.nat(999), (seconds, ms) => {
        const text = `${seconds}.${String(ms).padStart(3, '0')}s` as `${number}s`;
        expect(parseDuration(text)).toBe(seconds * 1000 + ms);
      }),
    );
  });

  it.each(['', 'm', '5', '1y', '1.s', '.5s', '1e3s', '-1s', ' 1s', '1 m', NaN, Infinity, null, {}, ['1s']])(
    'refuses %p',
    (value) => expect(parseDuration(value as never)).toBeUndefined(),
  );
});
