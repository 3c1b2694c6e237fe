import { RateLimitExceededException } from './rate-limit.exceptions.js';
import type { Decision } from '../contracts/decision.js';

const refused: Decision = {
  allowed: false,
  policy: 'api',
  limit: 1,
  remaining: 0,
  retryAfterMs: 1500,
  resetMs: 1500,
  source: 'storage',
  limits: [],
};

describe('refusal of the guard', () => {
  it('holds all but a stack, which a flood would pay for', () => {
    const exception = RateLimitExceededException.withoutStack(refused);
    expect(exception).toMatchObject({ message: "Rate limit 'api' is used up: retry in 2 s.", decision: refused });
    expect(exception.getStatus()).toBe(429);
    expect(exception.stack).not.toContain('\n');
  });

  it('leaves the stacks of all other errors as they are', () => {
    const before = Error.stackTraceLimit;
    RateLimitExceededException.withoutStack(refused);
    expect(() => RateLimitExceededException.withoutStack(undefined as never)).toThrow(TypeError);
    expect(Error.stackTraceLimit).toBe(before);
    expect(new RateLimitExceededException(refused).stack).toContain('\n');
  });
});
