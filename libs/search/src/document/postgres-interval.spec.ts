import { isoDuration } from './postgres-interval.js';

const NOTHING = {
  years: 0,
  months: 0,
  days: 0,
  hours: 0,
  minutes: 0,
  seconds: 0,
  milliseconds: 0,
  toPostgres: () => '',
};

describe('an interval of PostgreSQL', () => {
  it.each([
    [{}, 'PT0S'],
    [{ years: 1, months: 2, days: 3, hours: 4, minutes: 5, seconds: 6, milliseconds: 500 }, 'P1Y2M3DT4H5M6.5S'],
    [{ days: 1 }, 'P1D'],
    [{ milliseconds: 0.001 }, 'PT0.000001S'],
    [{ months: -1, days: 2, hours: -3 }, 'P-1M2DT-3H'],
  ])('%j is %s', (parts, text) => {
    expect(isoDuration({ ...NOTHING, ...parts })).toBe(text);
  });
});
