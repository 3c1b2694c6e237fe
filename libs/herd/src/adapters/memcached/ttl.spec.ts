import type { Ttl } from '../../contracts/ttl.js';
import { cappedExptime, exptime } from './ttl.js';

const now = Date.UTC(2026, 10, 24);
const day = 24 * 60 * 60;

describe('exptime', () => {
  it.each<[Ttl, number]>([
    [60_000, 60],
    ['60s', 60],
    ['10m', 600],
    [1000, 1],
    ['1500ms', 2],
    ['1.5s', 2],
    ['4w', 28 * day],
    [30 * day * 1000, 30 * day],
    ['30d', 30 * day],
    [30 * day * 1000 + 1, now / 1000 + 30 * day + 1],
    ['60d', now / 1000 + 60 * day],
    ['never', 0],
  ])('of %p is %p', (ttl, seconds) => expect(exptime(ttl, now)).toBe(seconds));

  it.each([0, -1, NaN, Infinity, '0s', '60', '', 'forever', null])('refuses %p, which could mean for ever', (ttl) => {
    expect(() => exptime(ttl as Ttl, now)).toThrow(`A ttl must be `);
  });

  it.each<[Ttl, string]>([
    [60, `pass '60s' for 60 seconds`],
    [999, 'a number is milliseconds'],
    ['500ms', `pass '1000ms' or more`],
  ])('refuses %p, less than the second that memcached keeps, with the unit in the remedy', (ttl, remedy) => {
    expect(() => exptime(ttl, now)).toThrow('A ttl must be 1000 ms or more');
    expect(() => exptime(ttl, now)).toThrow(remedy);
  });

  it('refuses what memcached cannot count', () => expect(() => exptime('9999d', now)).toThrow('before the year 2038'));
});

it('caps a life on a node that stands in, one without end too', () => {
  expect([0, 5, 60, 2_000_000_000].map((expiry) => cappedExptime(expiry, 10_000))).toEqual([10, 5, 10, 10]);
  expect([0, 5].map((expiry) => cappedExptime(expiry, Infinity))).toEqual([0, 5]);
});
