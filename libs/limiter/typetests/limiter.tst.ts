import {
  LimiterModule,
  memoryStorage,
  RateLimit,
  SkipRateLimit,
  type Decision,
  type Limiter,
  type LimiterStorage,
  type PolicyName,
} from '@rookery/limiter';
import { storageContract } from '@rookery/limiter/testing';
import { describe, expect, test } from 'tstyche';

declare const limiter: Limiter;

describe('RateLimit', () => {
  test('accepts a name, with or without hooks', () => {
    expect(RateLimit).type.toBeCallableWith('api');
    expect(RateLimit).type.toBeCallableWith('api', { cost: 3, bucket: () => 'all' });
    expect(RateLimit).type.toBeCallableWith('api', { cost: async () => 3, bucket: async () => undefined });
  });

  test('accepts a policy with a name', () => {
    expect(RateLimit).type.toBeCallableWith({ name: 'export', limit: 10, per: '1h', cost: () => 1 });
    expect(RateLimit).type.toBeCallableWith({
      name: 'export',
      limits: [
        { limit: 10, per: '1s' },
        { limit: 100, per: 3_600_000 },
      ],
    });
    expect(RateLimit).type.not.toBeCallableWith({ limit: 10, per: '1h' });
    expect(RateLimit).type.not.toBeCallableWith({ name: 'export', limit: 10 });
  });

  test('checks durations and hooks', () => {
    expect(RateLimit).type.not.toBeCallableWith({ name: 'export', limit: 10, per: '1 hour' });
    expect(RateLimit).type.not.toBeCallableWith({ name: 'export', limit: 10, per: 'h' });
    expect(RateLimit).type.not.toBeCallableWith('api', { bucket: 'ip' });
    expect(RateLimit).type.not.toBeCallableWith('api', { skip: () => 'yes' });
  });

  test('stands on classes and methods', () => {
    expect(RateLimit('api')).type.toBeAssignableTo<ClassDecorator>();
    expect(RateLimit('api')).type.toBeAssignableTo<MethodDecorator>();
    expect(SkipRateLimit).type.toBeCallableWith();
    expect(SkipRateLimit).type.toBeCallableWith('api', 'login');
  });
});

describe('LimiterModule', () => {
  const policies = { api: { limit: 100, per: '1m' } } as const;

  test('needs a storage and policies', () => {
    expect(LimiterModule.forRoot).type.toBeCallableWith({ storage: memoryStorage(), policies, isGlobal: false });
    expect(LimiterModule.forRoot).type.not.toBeCallableWith({ policies });
    expect(LimiterModule.forRoot).type.not.toBeCallableWith({ storage: memoryStorage() });
    expect(LimiterModule.forRoot).type.not.toBeCallableWith({
      storage: memoryStorage(),
      policies,
      onStorageError: 'ignore',
    });
  });

  test('is set up by a factory', () => {
    expect(LimiterModule.forRootAsync).type.toBeCallableWith({
      useFactory: () => ({ storage: memoryStorage(), policies }),
    });
    expect(LimiterModule.forRootAsync).type.not.toBeCallableWith({ useFactory: () => ({ storage: memoryStorage() }) });
  });
});

describe('Limiter', () => {
  test('answers a decision', () => {
    expect(limiter.consume('api', 'key', { cost: 3 })).type.toBe<Promise<Decision>>();
    expect(limiter.peek('api', 'key')).type.toBe<Promise<Decision>>();
    expect(limiter.delete('api', 'key')).type.toBe<Promise<void>>();
    expect(limiter.consume).type.not.toBeCallableWith('api', 7);
  });

  test('accepts any policy name until the registry is augmented', () => expect<PolicyName>().type.toBe<string>());
});

test('a storage may answer at once or later', () => {
  expect(memoryStorage()).type.toBeAssignableTo<LimiterStorage>();
  expect(storageContract).type.toBeCallableWith({ open: () => [memoryStorage()] });
  expect(storageContract).type.toBeCallableWith({ open: async (clock: () => number) => [memoryStorage({ clock })] });
});
