import type { HealthIndicatorService } from '@nestjs/terminus';
import {
  Cached,
  CacheEvict,
  CacheResponse,
  callbackNodes,
  compressed,
  HerdModule,
  HerdOptionError,
  jsonCodec,
  ketama,
  maglev,
  modulo,
  startHerd,
  staticNodes,
  type Herd,
  type Namespace,
} from '@rookery/herd';
import { dns } from '@rookery/herd/dns';
import { elastiCache } from '@rookery/herd/elasticache';
import { nodesFile } from '@rookery/herd/file';
import { keyvStore } from '@rookery/herd/keyv';
import { kubernetes } from '@rookery/herd/kubernetes';
import { memcached, type MemcachedCommands } from '@rookery/herd/memcached';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import { instrumentHerds } from '@rookery/herd/opentelemetry';
import { collectHerdMetrics } from '@rookery/herd/prometheus';
import { redis, redisBus, redisCluster, redisSentinel, type BusClient } from '@rookery/herd/redis';
import { HerdHealthIndicator } from '@rookery/herd/terminus';
import { describeOptions, type OptionSite } from '@rookery/services';

/** Nothing answers there. */
const discovery = staticNodes(['127.0.0.1:9']);
const parts = { discovery, driver: memcached() };
const indicator = { up: () => ({}), down: () => ({}) };
const health = new HerdHealthIndicator({ check: () => indicator } as unknown as HealthIndicatorService);
const client: unknown = { publish: () => 0, subscribe: () => 0, duplicate: () => client, on: () => client };
const CACHE = 'beta loadTimeout negativeTtl softTimeout staleIfError staleWhileRevalidate tags unless waitMs';
const TLS = 'ca cert key passphrase servername rejectUnauthorized minVersion ciphers';
const LIMITS = 'ejectAfter firstContactMs probeMs maxProbeMs maxInFlight maxQueue';
const MEMCACHED = 'codec connection connectTimeoutMs defaultTtl maxValueBytes now';
const REDIS = 'codec connection connectTimeoutMs defaultTtl maxValueBytes';
const CONNECTION = 'host port path tls username password connectTimeoutMs keepAliveMs';

let herd: Herd<MemcachedCommands>;
let users: Namespace;
beforeAll(async () => {
  herd = await startHerd(parts);
  users = herd.namespace('users');
});
afterAll(() => herd.close());

const SITES: Readonly<Record<string, OptionSite>> = {
  startHerd: {
    accept: async (options) => (await startHerd(options)).close(),
    right: parts,
    names: `bus discovery discoveryTimeoutMs drainTimeoutMs driver failoverTtl lateWritesMs longestLife maxEjectedFraction
      minFraction name now onNodeDown perNode random refresh refreshJitter router timeoutMs warmUpFor ${LIMITS}`,
  },
  'HerdModule.forRoot': { accept: (options) => HerdModule.forRoot(options), right: parts, names: 'name refresh' },
  'HerdModule.forRootAsync': {
    accept: (options) => HerdModule.forRootAsync(options),
    right: { useFactory: () => parts },
    names: 'name imports inject useFactory',
  },
  'HerdModule.forFeature': {
    accept: (options) => HerdModule.forFeature([options]),
    right: { name: 'users' },
    or: 'a text',
    names: `name generationMaxAgeMs memory ${CACHE}`,
  },
  staticNodes: {
    accept: (options) => staticNodes([options]),
    right: { host: '127.0.0.1', port: 9 },
    names: 'id host port weight',
    path: 'discovery[0].',
  },
  callbackNodes: { accept: (options) => callbackNodes(() => [], options), names: 'name timeout' },
  ketama: { accept: ketama, names: 'pointName' },
  maglev: { accept: maglev, names: 'tableSize' },
  modulo: { accept: modulo, names: 'hash' },
  compressed: { accept: (options) => compressed(jsonCodec, options), names: 'aboveBytes algorithm maxBytes' },
  dns: { accept: dns, right: { host: 'caches.test', port: 9 }, names: 'type port host servers timeout' },
  elastiCache: {
    accept: elastiCache,
    right: { endpoint: '127.0.0.1:9' },
    names: 'attemptTimeout endpoint retryDelay tls tries',
  },
  'tls of elastiCache': {
    accept: (tls) => elastiCache({ endpoint: '127.0.0.1:9', tls }),
    names: TLS,
    path: 'tls.',
  },
  nodesFile: { accept: (options) => nodesFile('/nodes.json', options), names: 'poll timeout' },
  kubernetes: {
    accept: kubernetes,
    right: { service: 'caches', namespace: 'default', kubeConfig: { makeApiClient: () => ({}) } },
    names: 'kubeConfig namespace port service timeout watchRetry',
  },
  keyvStore: { accept: (options) => keyvStore(users, options), names: 'defaultTtl' },
  memcached: { accept: memcached, names: MEMCACHED },
  'connection of memcached': {
    accept: (connection) => memcached({ connection }),
    or: 'a function',
    names: CONNECTION,
    path: 'connection.',
  },
  metaMemcached: { accept: metaMemcached, names: `${MEMCACHED} connections` },
  redis: { accept: redis, names: REDIS },
  'connection of redis': {
    accept: (connection) => redis({ connection }),
    or: 'a function',
    names: 'username password db tls path family connectionName',
    path: 'connection.',
  },
  'tls of redis': {
    accept: (tls) => redis({ connection: { tls } }),
    names: TLS,
    path: 'connection.tls.',
  },
  redisCluster: { accept: redisCluster, right: { nodes: ['127.0.0.1:9'] }, names: `nodes ${REDIS}` },
  redisSentinel: {
    accept: redisSentinel,
    right: { names: ['main'], sentinels: ['127.0.0.1:9'] },
    names: `names sentinels sentinelConnection ${REDIS}`,
  },
  'connection of sentinels': {
    accept: (sentinelConnection) => redisSentinel({ names: ['main'], sentinels: ['127.0.0.1:9'], sentinelConnection }),
    or: 'a function',
    names: 'username password db tls path family connectionName',
    path: 'sentinelConnection.',
  },
  redisBus: { accept: (options) => redisBus(client as BusClient, options), names: 'channel' },
  instrumentHerds: { accept: (options) => instrumentHerds(options)(), names: 'meterProvider tracerProvider' },
  collectHerdMetrics: { accept: (options) => collectHerdMetrics(options)(), names: 'herds register' },
  HerdHealthIndicator: { accept: (options) => health.check('herd', herd, options), names: 'minUpFraction' },
  '@Cached': {
    accept: Cached,
    right: { namespace: 'users', ttl: '1m' },
    names: `namespace herd ttl key condition ${CACHE}`,
  },
  '@CacheEvict': { accept: CacheEvict, right: { namespace: 'users', all: true }, names: 'namespace herd key all' },
  '@CacheResponse': {
    accept: CacheResponse,
    right: { namespace: 'users', ttl: '1m' },
    names: 'namespace herd ttl key vary private statuses cacheControl',
  },
  namespace: { accept: (options) => herd.namespace('pages', options), names: `generationMaxAgeMs memory ${CACHE}` },
  'memory of a namespace': {
    accept: (memory) => herd.namespace('pages', { memory }),
    names: 'maxBytes maxEntries ttl',
    path: 'memory.',
  },
  getOrSet: { accept: (options) => users.getOrSet('k', '1m', () => 1, options), names: CACHE },
  getOrSetMany: { accept: (options) => users.getOrSetMany(['k'], '1m', () => new Map(), options), names: CACHE },
  'set of a cache': { accept: (options) => users.set('k', 1, options), right: { ttl: '1m' }, names: 'tags' },
  set: { accept: (options) => herd.set('k', 1, options), right: { ttl: '1m' }, names: 'signal' },
  get: { accept: (options) => herd.get('k', options), names: 'signal' },
};

describeOptions(Object.entries(SITES), (error) => {
  if (!(error instanceof HerdOptionError)) throw error;
  return error.problems.map(({ option }) => option);
});
