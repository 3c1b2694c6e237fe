import { Controller, Get, Injectable, UseGuards, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  Limited,
  Limiter,
  LimiterModule,
  LimiterOptionError,
  memoryStorage,
  RateLimit,
  RateLimitGuard,
  resolvePolicy,
  withCoalescing,
  withLocalDenial,
} from '@rookery/limiter';
import { clusterStorage } from '@rookery/limiter/cluster';
import { memcachedPackageClient, memcachedPackageOptions, memcachedStorage } from '@rookery/limiter/memcached';
import { instrumentLimiters } from '@rookery/limiter/opentelemetry';
import { postgresSchema, postgresStorage } from '@rookery/limiter/postgres';
import { collectLimiterMetrics } from '@rookery/limiter/prometheus';
import { nodeRedisClientOptions, redisClientOptions, redisStorage } from '@rookery/limiter/redis';

/** One object of options: what accepts it, one that is right, and the names of all its options. */
interface OptionSite {
  readonly accept: (options: never) => unknown;
  readonly right?: object;
  readonly names: string;
  /** What stands before its names in messages. */
  readonly path?: string;
}

const API = { limit: 3, per: '1m' } as const;
const POLICIES = { api: API };
const command = () => Promise.reject(new Error('nothing is to be sent'));
const redis = { evalsha: command, eval: command, del: command };
const memcached = { gets: command, add: command, cas: command, delete: command };
const limiter = new Limiter({ storage: memoryStorage(), policies: POLICIES });

async function start(options: object, ...parts: Type[]): Promise<void> {
  const controllers = parts.filter((part) => Reflect.hasMetadata('path', part));
  const providers = parts.filter((part) => !controllers.includes(part));
  const module = LimiterModule.forRoot(options as never);
  const app = (
    await Test.createTestingModule({ imports: [module], controllers, providers }).compile()
  ).createNestApplication();
  app.useLogger(false);
  try {
    await app.init();
  } finally {
    await app.close();
  }
}

function startDecorated(decorator: ClassDecorator & MethodDecorator): Promise<void> {
  @Controller('wrong')
  @UseGuards(RateLimitGuard)
  class WrongController {
    @decorator
    @Get()
    read() {
      return 'ok';
    }
  }
  return start({ storage: memoryStorage(), policies: POLICIES }, WrongController);
}

function startLimited(options: never): Promise<void> {
  @Injectable()
  class Sender {
    @Limited('api', options)
    send(): Promise<void> {
      return Promise.resolve();
    }
  }
  return start({ storage: memoryStorage(), policies: POLICIES }, Sender);
}

const LIMITER = `storage policies policySource policyMaxAgeMs policyTimeoutMs onStorageError timeoutMs readyTimeoutMs prefix
  coalesce localDenialMaxAgeMs maxWaiters clock`;
const HOOKS = 'bucket cost decorate onLimited policy skip';

const SITES: Readonly<Record<string, OptionSite>> = {
  Limiter: {
    accept: (options) => new Limiter(options),
    right: { storage: memoryStorage(), policies: POLICIES },
    names: LIMITER,
  },
  LimiterModule: {
    accept: start,
    right: { storage: memoryStorage(), policies: POLICIES },
    names: `${LIMITER} address defaultPolicies headers ipv6Prefix trustedProxies ${HOOKS} name isGlobal`,
  },
  'LimiterModule.forRootAsync': {
    accept: (options) => LimiterModule.forRootAsync(options),
    right: { useFactory: () => ({}) },
    names: 'name isGlobal imports inject useFactory',
    path: 'forRootAsync.',
  },
  'a rate': {
    accept: (options) => resolvePolicy('api', options),
    right: API,
    names: 'limit per burst name blockFor maxDebt mode count',
    path: 'policies.api.',
  },
  'a quota': {
    accept: (options) => resolvePolicy('api', options),
    right: { quota: 5, every: 'day' },
    names: 'quota every timeZone name blockFor mode count',
    path: 'policies.api.',
  },
  'a concurrency limit': {
    accept: (options) => resolvePolicy('api', options),
    right: { concurrency: 5, leaseMs: 1000 },
    names: 'concurrency leaseMs name mode count',
    path: 'policies.api.',
  },
  'several limits': {
    accept: (options) => resolvePolicy('api', options),
    right: { limits: [API] },
    names: 'limits mode count',
    path: 'policies.api.',
  },
  'one of several limits': {
    accept: (options) => resolvePolicy('api', { limits: [options] }),
    right: API,
    names: 'limit per burst name blockFor maxDebt',
    path: 'policies.api.limits[0].',
  },
  'a policy of LimiterModule': {
    accept: (api) => start({ storage: memoryStorage(), policies: { api } }),
    right: API,
    names: `limit per burst ${HOOKS}`,
    path: 'policies.api.',
  },
  '@RateLimit by name': {
    accept: (options) => startDecorated(RateLimit('api', options)),
    names: `limiter ${HOOKS}`,
    path: "@RateLimit('api') of WrongController.read: ",
  },
  '@Limited': {
    accept: startLimited,
    names: 'cost key limiter onLimited',
    path: "@Limited('api') of Sender.send: ",
  },
  memoryStorage: { accept: memoryStorage, names: 'clock maxKeys sweepEveryMs', path: 'memoryStorage.' },
  redisStorage: {
    accept: (options) => redisStorage(redis, options),
    names: 'maxKeysPerCall maxSkewMs name',
    path: 'redisStorage.',
  },
  memcachedStorage: {
    accept: (options) => memcachedStorage(memcached, options),
    names: 'clock maxSkewMs name random',
    path: 'memcachedStorage.',
  },
  postgresStorage: {
    accept: (options) => postgresStorage({ query: command }, options),
    names: 'maxKeysPerCall maxSkewMs name table',
    path: 'postgresStorage.',
  },
  postgresSchema: { accept: postgresSchema, names: 'table unlogged', path: 'postgresSchema.' },
  clusterStorage: {
    accept: (options) => clusterStorage(memoryStorage(), options).close?.(),
    names: 'maxPending name',
    path: 'clusterStorage.',
  },
  withCoalescing: {
    accept: (options) => withCoalescing(memoryStorage(), options),
    names: 'maxBatch maxWaiting',
    path: 'withCoalescing.',
  },
  withLocalDenial: {
    accept: (options) => withLocalDenial(memoryStorage(), options),
    names: 'clock maxAgeMs maxKeys',
    path: 'withLocalDenial.',
  },
  instrumentLimiters: {
    accept: (options) => instrumentLimiters(options)(),
    names: 'meterProvider',
    path: 'instrumentLimiters.',
  },
  collectLimiterMetrics: {
    accept: (options) => collectLimiterMetrics(options)(),
    names: 'register',
    path: 'collectLimiterMetrics.',
  },
  acquire: {
    accept: (options) => limiter.acquire('api', 'a', options),
    right: { maxWaitMs: 0 },
    names: 'maxWaitMs signal',
  },
};

const WRONG: readonly unknown[] = [
  null,
  NaN,
  Symbol('wrong'),
  new (class Wrong {
    readonly wrong = 1;
  })(),
];
const namesOf = ({ names }: OptionSite): readonly string[] => names.split(/\s+/);

/** @returns the options that are reported. */
async function reported(accept: OptionSite['accept'], options: unknown): Promise<readonly string[]> {
  try {
    await accept(options as never);
    return [];
  } catch (error) {
    if (!(error instanceof LimiterOptionError)) throw error;
    return error.problems.map(({ option }) => option);
  }
}

describe.each(Object.entries(SITES))('the options of %s', (_, site) => {
  const { accept, right = {}, path = '' } = site;

  it.each([null, 5, 'slow', [], () => undefined])('are an object: %p is refused', async (options) => {
    expect(await reported(accept, options)).not.toEqual([]);
  });

  it('have no other names, and all that are wrong are reported in one error', async () => {
    const options = { ...right, zzzzzzzz: 1, yyyyyyyy: 2 };
    expect(await reported(accept, options)).toEqual([`${path}zzzzzzzz`, `${path}yyyyyyyy`]);
  });

  it.each(namesOf(site))('name %s where it is misspelled', async (name) => {
    const misspelled = `${name.slice(0, -1)}${name.at(-1)}x`;
    const attempt = async (): Promise<unknown> => await accept({ ...right, [misspelled]: 1 } as never);
    await expect(attempt()).rejects.toThrow(`did you mean ${path}${name}?`);
  });

  it.each(namesOf(site))('refuse a %s that is nothing, no number, or of another kind', async (name) => {
    for (const value of WRONG) {
      const options = await reported(accept, { ...right, [name]: value });
      expect(options.filter((option) => option.startsWith(`${path}${name}`))).not.toEqual([]);
    }
  });

  it.each(namesOf(site).filter((name) => !(name in right)))(
    'hold the default for a %s that is undefined',
    async (name) => {
      expect(await reported(accept, { ...right, [name]: undefined })).toEqual([]);
    },
  );
});

describe('a deadline that clients are made for', () => {
  it.each(
    Object.entries({
      redisClientOptions,
      nodeRedisClientOptions,
      memcachedPackageOptions,
      memcachedPackageClient: (timeoutMs: number) => memcachedPackageClient({} as never, timeoutMs),
    }),
  )('%s refuses what is no number of milliseconds', (name, make) => {
    for (const timeoutMs of [undefined, null, NaN, -1, 0, '50', Infinity])
      expect(() => make(timeoutMs as never)).toThrow(`${name}.timeoutMs must be `);
  });
});
