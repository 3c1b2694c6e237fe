import {
  Limiter,
  LimiterModule,
  LimiterOptionError,
  memoryStorage,
  RateLimit,
  resolvePolicy,
  withCoalescing,
  withLocalDenial,
} from '@rookery/limiter';
import { clusterStorage } from '@rookery/limiter/cluster';
import { memcachedStorage } from '@rookery/limiter/memcached';
import { redisStorage } from '@rookery/limiter/redis';
import { startAndEnd, startDecorated } from './start-and-end.js';

type Options = Record<string, unknown>;

const POLICIES = { api: { limit: 3, per: '1m' } } as const;
const command = () => Promise.reject(new Error('nothing is to be sent'));
const redis = { evalsha: command, eval: command, del: command };
const memcached = { gets: command, add: command, cas: command, delete: command };

const moduleOf = (options: Options) => LimiterModule.forRootAsync({ useFactory: () => options as never });
const startWhole = (options: Options) => startAndEnd(moduleOf(options));
const startModule = (options: Options) => startWhole({ storage: memoryStorage(), policies: POLICIES, ...options });

const decorated = (decorator: ClassDecorator & MethodDecorator) =>
  startDecorated(moduleOf({ storage: memoryStorage(), policies: POLICIES }), decorator);

const limiter = (options: Options = {}) => new Limiter({ storage: memoryStorage(), policies: POLICIES, ...options });

/** Every object of options that a user writes: how it gets there, and what messages put before its names. */
const OBJECTS: Readonly<Record<string, [accept: (options: Options) => unknown, path: string]>> = {
  Limiter: [limiter, ''],
  'a policy': [(options) => resolvePolicy('api', { ...POLICIES.api, ...options }), 'policies.api.'],
  'a limit of several': [
    (options) => resolvePolicy('api', { limits: [{ ...POLICIES.api, ...options }] }),
    'policies.api.limits[0].',
  ],
  'a policy of several limits': [
    (options) => resolvePolicy('api', { limits: [POLICIES.api], ...options }),
    'policies.api.',
  ],
  'a policy of a Limiter': [
    (options) => limiter({ policies: { api: { ...POLICIES.api, ...options } } }),
    'policies.api.',
  ],
  LimiterModule: [startModule, ''],
  'a policy of LimiterModule': [
    (options) => startModule({ policies: { api: { ...POLICIES.api, ...options } } }),
    'policies.api.',
  ],
  '@RateLimit by name': [
    (options) => decorated(RateLimit('api', options)),
    "@RateLimit('api') of WrongController.read: ",
  ],
  '@RateLimit on the spot': [
    (options) => decorated(RateLimit({ name: 'x', limit: 1, per: '1m', ...options })),
    "@RateLimit('x') of WrongController.read: ",
  ],
  memoryStorage: [(options) => memoryStorage(options), 'memoryStorage.'],
  redisStorage: [(options) => redisStorage(redis, options), 'redisStorage.'],
  memcachedStorage: [(options) => memcachedStorage(memcached, options), 'memcachedStorage.'],
  clusterStorage: [(options) => clusterStorage(memoryStorage(), options), 'clusterStorage.'],
  withCoalescing: [(options) => withCoalescing(memoryStorage(), options), 'withCoalescing.'],
  withLocalDenial: [(options) => withLocalDenial(memoryStorage(), options), 'withLocalDenial.'],
  consume: [(options) => limiter().consume('api', 'a', options), ''],
  consumeAll: [(options) => limiter().consumeAll([['api', 'a', options]]), ''],
  reserve: [(options) => limiter().reserve('api', 'a', options), ''],
  reserveAll: [(options) => limiter().reserveAll([['api', 'a', options]]), ''],
  peek: [(options) => limiter().peek('api', 'a', options), ''],
};

const attempt = (accept: (options: Options) => unknown, options: unknown): Promise<unknown> =>
  new Promise((resolve) => resolve(accept(options as Options)));

describe.each(Object.entries(OBJECTS))('options of %s', (_, [accept, path]) => {
  it('refuses an unknown name, and lists the known ones', async () => {
    const attempted = attempt(accept, { zzzzzzzz: 5 });
    await expect(attempted).rejects.toThrow(LimiterOptionError);
    await expect(attempted).rejects.toThrow(`${path}zzzzzzzz is not an option; the options are `);
  });

  it('refuses all unknown names in one error', async () => {
    const problems = await attempt(accept, { zzzzzzzz: 5, yyyyyyyy: 6 }).catch(
      (error: unknown) => (error as LimiterOptionError).problems,
    );
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ option: `${path}zzzzzzzz`, received: 5 }),
        expect.objectContaining({ option: `${path}yyyyyyyy`, received: 6 }),
      ]),
    );
  });
});

describe('a misspelt option', () => {
  it.each([
    [
      'a policy of LimiterModule',
      { brust: 5 },
      'policies.api.brust is not an option; did you mean policies.api.burst? (got 5)',
    ],
    [
      'a policy of LimiterModule',
      { buckett: 5 },
      'policies.api.buckett is not an option; did you mean policies.api.bucket?',
    ],
    ['a policy', { brust: 5 }, 'policies.api.brust is not an option; did you mean policies.api.burst? (got 5)'],
    [
      'LimiterModule',
      { onStorageEror: 'closed' },
      "onStorageEror is not an option; did you mean onStorageError? (got 'closed')",
    ],
    [
      'Limiter',
      { onStorageEror: 'closed' },
      "onStorageEror is not an option; did you mean onStorageError? (got 'closed')",
    ],
    ['LimiterModule', { trustProxies: 1 }, 'trustProxies is not an option; did you mean trustedProxies? (got 1)'],
    ['LimiterModule', { name: 'partner' }, "name stands beside useFactory, not in what it returns (got 'partner')"],
    [
      '@RateLimit by name',
      { csot: 2 },
      "@RateLimit('api') of WrongController.read: csot is not an option; did you mean @RateLimit('api') of WrongController.read: cost? (got 2)",
    ],
    ['@RateLimit on the spot', { brust: 2 }, 'read: burst? (got 2)'],
    [
      'redisStorage',
      { maxKeysPerCal: 2 },
      'redisStorage.maxKeysPerCal is not an option; did you mean redisStorage.maxKeysPerCall? (got 2)',
    ],
    ['memcachedStorage', { maxSkew: 2 }, 'did you mean memcachedStorage.maxSkewMs? (got 2)'],
    ['clusterStorage', { maxPendin: 2 }, 'did you mean clusterStorage.maxPending? (got 2)'],
    ['consume', { csot: 2 }, 'csot is not an option; did you mean cost? (got 2)'],
  ])('of %s, %p, is refused with the nearest name', async (object, options, message) => {
    await expect(attempt(OBJECTS[object]![0], options)).rejects.toThrow(message);
  });

  it.each([
    ['LimiterModule', null],
    ['memoryStorage', 5],
    ['withCoalescing', null],
    ['consume', 5],
    ['peek', null],
    ['@RateLimit by name', null],
  ])('and options of %s that are %p are no options', async (object, options) => {
    const accept = object === 'LimiterModule' ? startWhole : OBJECTS[object]![0];
    await expect(attempt(accept, options)).rejects.toThrow(/ must be an object /);
  });

  it.each([
    [{ maxWaiting: 0 }, 'withCoalescing.maxWaiting must be a whole number of 1 or more (got 0)'],
    [{ maxBatch: 1.5 }, 'withCoalescing.maxBatch must be a whole number of 1 or more (got 1.5)'],
  ])('as a value of withCoalescing, %p, is refused', (options, message) => {
    expect(() => withCoalescing(memoryStorage(), options)).toThrow(message);
  });

  it.each([
    [{ maxAgeMs: -1 }, 'withLocalDenial.maxAgeMs must be whole milliseconds, 0 or more (got -1)'],
    [{ maxKeys: 0 }, 'withLocalDenial.maxKeys must be a whole number of 1 or more (got 0)'],
    [{ clock: 5 as never }, 'withLocalDenial.clock must be a function that returns whole microseconds (got 5)'],
  ])('as a value of withLocalDenial, %p, is refused', (options, message) => {
    expect(() => withLocalDenial(memoryStorage(), options)).toThrow(message);
  });

  it('is not what is undefined: the default holds', () => {
    const none = { maxWaiting: undefined, maxBatch: undefined } as never;
    expect(withCoalescing(memoryStorage(), none)).toMatchObject({ name: 'memory' });
    expect(() => memcachedStorage(memcached, { name: undefined })).not.toThrow();
  });
});
