import { RateLimit, type Limiter, type PolicyName } from '@rookery/limiter';
import { expect, test } from 'tstyche';

declare module '@rookery/limiter' {
  interface PolicyRegistry {
    api: true;
    login: true;
  }
}

declare const limiter: Limiter;

test('policy names are checked once they are registered', () => {
  expect<PolicyName>().type.toBe<'api' | 'login'>();
  expect(RateLimit).type.toBeCallableWith('api');
  expect(RateLimit).type.not.toBeCallableWith('apii');
  expect(limiter.consume).type.toBeCallableWith('login', 'key');
  expect(limiter.consume).type.not.toBeCallableWith('logn', 'key');
});
