import { allowedLifeMs, matchesEtag } from './freshness.js';

const now = Date.UTC(2026, 0, 1);

describe('the life of a response', () => {
  it.each([
    ['', '', Infinity],
    ['public', '', Infinity],
    ['max-age=60', '', 60_000],
    ['public, MAX-AGE=60, s-maxage=5', '', 5000],
    ['max-age="60"', '', 60_000],
    ['max-age=0', '', 0],
    ['max-age=soon', '', 0],
    ['max-age=-1', '', 0],
    ['no-store', '', 0],
    ['No-Cache', '', 0],
    ['private="x-user"', '', 0],
    ['max-age=60, private', '', 0],
    ['x-not-no-store', '', Infinity],
    ['', new Date(now + 5000).toUTCString(), 5000],
    ['', new Date(now - 5000).toUTCString(), 0],
    ['', '0', 0],
    ['max-age=60', new Date(now - 5000).toUTCString(), 60_000],
  ])('with Cache-Control %j and Expires %j is %p ms', (cacheControl, expires, life) => {
    expect(allowedLifeMs(cacheControl, expires === '0' ? 'never' : expires, now)).toBe(life);
  });
});

describe('If-None-Match', () => {
  it.each([
    ['"a"', '"a"', true],
    ['W/"a"', '"a"', true],
    ['"a"', 'W/"a"', true],
    ['"x", W/"a" , "y"', 'W/"a"', true],
    ['"x, \\"a\\""', '"a"', false],
    ['*', '"a"', true],
    ['', '"a"', false],
    ['a', '"a"', false],
    ['"ab"', '"a"', false],
  ])('%j for %j: %p', (header, etag, matches) => {
    expect(matchesEtag(header, etag)).toBe(matches);
  });
});
