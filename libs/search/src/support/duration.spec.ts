import fc from 'fast-check';

import { parseDuration } from './duration.js';

describe('parseDuration', () => {
  it.each([
    [250, 250],
    [0, 0],
    ['250ms', 250],
    ['1.5s', 1500],
    ['2.3s', 2300],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['1w', 604_800_000],
  ])('reads %p as %p milliseconds', (duration, ms) => expect(parseDuration(duration)).toBe(ms));

  it.each([
    '',
    '30',
    's',
    '-1s',
    '1 s',
    '1S',
    '1.s',
    '.5s',
    '1e3s',
    '1y',
    `${'9'.repeat(400)}s`,
    NaN,
    Infinity,
    -1,
    null,
  ])('reads %p as no duration', (duration) => expect(parseDuration(duration)).toBeUndefined());

  it('reads each text of a number and a unit as that number of the unit', () => {
    const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
    const cases = fc.tuple(fc.nat(1_000_000), fc.constantFrom(...Object.entries(units)));
    fc.assert(fc.property(cases, ([count, [unit, ms]]) => parseDuration(`${count}${unit}`) === count * ms));
  });
});
