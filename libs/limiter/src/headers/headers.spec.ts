import type { Decision, LimitStatus } from '../contracts/decision.js';
import { quotaExceededProblem, reducedCapacityProblem } from './problem.js';
import { rateLimitHeaders, retryAfterHeader } from './rate-limit-headers.js';
import { structuredString } from './structured-field.js';

const status = (part: Partial<LimitStatus> = {}): LimitStatus => ({
  name: 'api',
  limit: 100,
  windowMs: 60_000,
  remaining: 12,
  retryAfterMs: 0,
  nextTokenMs: 600,
  resetMs: 52_800,
  ...part,
});
const decision = (...limits: readonly LimitStatus[]): Decision => {
  const { limit, remaining, resetMs } = limits[0]!;
  const retryAfterMs = Math.max(...limits.map((each) => each.retryAfterMs));
  return {
    allowed: retryAfterMs === 0,
    policy: 'api',
    limit,
    remaining,
    retryAfterMs,
    resetMs,
    source: 'storage',
    limits,
  };
};
const open: Decision = {
  allowed: true,
  policy: 'api',
  limit: 100,
  remaining: 0,
  retryAfterMs: 0,
  resetMs: 0,
  source: 'open',
  limits: [],
};

describe('rate limit headers', () => {
  it('are structured fields in the IETF set', () => {
    expect(rateLimitHeaders([decision(status())], ['ietf'])).toEqual({
      'RateLimit-Policy': '"api";q=100;w=60',
      RateLimit: '"api";r=12;t=1',
    });
  });

  it('list every limit of every decision', () => {
    const decisions = [
      decision(status({ name: 'api-1s', limit: 10, windowMs: 1000, remaining: 9 }), status({ name: 'api-1h' })),
      decision(status({ name: 'login' })),
    ];
    expect(rateLimitHeaders(decisions, ['ietf'])).toEqual({
      'RateLimit-Policy': '"api-1s";q=10;w=1, "api-1h";q=100;w=60, "login";q=100;w=60',
      RateLimit: '"api-1s";r=9;t=1, "api-1h";r=12;t=1, "login";r=12;t=1',
    });
  });

  it('leave out a window below a second, and a time that is not there to wait for', () => {
    expect(rateLimitHeaders([decision(status({ windowMs: 250, nextTokenMs: 0 }))], ['ietf'])).toEqual({
      'RateLimit-Policy': '"api";q=100',
      RateLimit: '"api";r=12',
    });
  });

  it('round seconds up', () => {
    const headers = rateLimitHeaders([decision(status({ windowMs: 1500, nextTokenMs: 2001 }))], ['ietf']);
    expect(headers).toEqual({ 'RateLimit-Policy': '"api";q=100;w=2', RateLimit: '"api";r=12;t=3' });
  });

  it('show the tightest limit in the de-facto sets', () => {
    const decisions = [
      decision(status()),
      decision(status({ name: 'login', limit: 5, remaining: 1, resetMs: 12_001, windowMs: 30_000 })),
    ];
    expect(rateLimitHeaders(decisions, ['x-ratelimit', 'x-ratelimit-window'])).toEqual({
      'X-RateLimit-Limit': '5',
      'X-RateLimit-Remaining': '1',
      'X-RateLimit-Reset': '13',
      'X-RateLimit-Window': '30000',
    });
  });

  it('say nothing where nothing is known', () => expect(rateLimitHeaders([open], ['ietf', 'x-ratelimit'])).toEqual({}));

  it('name the wait for the last of those that refused', () => {
    const refused = [
      decision(status({ retryAfterMs: 1001 })),
      decision(status({ retryAfterMs: 400 })),
      decision(status()),
    ];
    expect(retryAfterHeader(refused)).toEqual({ 'Retry-After': '2' });
    expect(retryAfterHeader([decision(status())])).toEqual({});
  });
});

describe('structured string', () => {
  it.each([
    ['api', '"api"'],
    ['say "hi"', String.raw`"say \"hi\""`],
    ['back\\slash', String.raw`"back\\slash"`],
    ['a\r\nb: é', '"a??b: ?"'],
  ])('%p', (value, field) => expect(structuredString(value)).toBe(field));
});

describe('problem documents', () => {
  it('name the limits that refused', () => {
    expect(
      quotaExceededProblem(decision(status({ name: 'api-1s' }), status({ name: 'api-1h', retryAfterMs: 1500 }))),
    ).toEqual({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      title: 'Request cannot be satisfied as assigned quota has been exceeded',
      status: 429,
      detail: "Rate limit 'api' is used up: retry in 2 s.",
      'violated-policies': ['api-1h'],
    });
  });

  it('distinguish a storage that is down from a caller who costs too much', () => {
    expect(reducedCapacityProblem()).toMatchObject({
      type: 'https://iana.org/assignments/http-problem-types#temporary-reduced-capacity',
      status: 503,
    });
  });
});
