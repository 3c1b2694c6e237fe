import { backoffMs } from './backoff.js';

describe('backoff', () => {
  const options = { baseMs: 100, maxMs: 1_000 };

  it('doubles up to its limit', () => {
    expect([1, 2, 3, 4, 5, 50].map((attempt) => backoffMs(attempt, options, 1))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ]);
  });

  it('is spread over the whole span by its random number', () => {
    expect(backoffMs(3, options, 0)).toBe(0);
    expect(backoffMs(3, options, 0.5)).toBe(200);
  });
});
