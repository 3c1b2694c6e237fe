import { Injectable } from '@nestjs/common';
import {
  Limited,
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
import { memcachedPackageClient, memcachedPackageOptions, memcachedStorage } from '@rookery/limiter/memcached';
import { instrumentLimiters } from '@rookery/limiter/opentelemetry';
import { postgresSchema, postgresStorage } from '@rookery/limiter/postgres';
import { collectLimiterMetrics } from '@rookery/limiter/prometheus';
import { nodeRedisClientOptions, redisClientOptions, redisStorage } from '@rookery/limiter/redis';
import { describeOptions, type OptionSite } from '@rookery/services';
import { startAndEnd, startDecorated } from './start-and-end.js';

const API = { limit: 3, per: '1m' } as const;
const POLICIES = { api: API };
const command = () => Promise.reject(new Error('nothing is to be sent'));
const redis = { evalsha: command, eval: command, del: command };
const memcached = { gets: command, add: command, cas: command, delete: command };
const limiter = new Limiter({ storage: memoryStorage(), policies: POLICIES });

const moduleOf = (options: object) => LimiterModule.forRoot(options as never);
const module = () => moduleOf({ storage: memoryStorage(), policies: POLICIES });

function startLimited(options: never): Promise<void> {
  @Injectable()
  class Sender {
    @Limited('api', options)
    send(): Promise<void> {
      return Promise.resolve();
    }
  }
  return startAndEnd(module(), Sender);
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
    accept: (options) => startAndEnd(moduleOf(options)),
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
    accept: (api) => startAndEnd(moduleOf({ storage: memoryStorage(), policies: { api } })),
    right: API,
    names: `limit per burst ${HOOKS}`,
    path: 'policies.api.',
  },
  '@RateLimit by name': {
    accept: (options) => startDecorated(module(), RateLimit('api', options)),
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

describeOptions(Object.entries(SITES), (error) => {
  if (!(error instanceof LimiterOptionError)) throw error;
  return error.problems.map(({ option }) => option);
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
