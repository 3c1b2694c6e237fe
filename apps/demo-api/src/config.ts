import { isIP } from 'node:net';
import { ADDRESS_COUNT } from './data/read-addresses.js';
import { EnvironmentReader, type RateLimitSetting } from './environment-reader.js';
import { StartError } from './start-error.js';

export const LIMITER_STORAGES = ['memory', 'memcached', 'redis'] as const;
export type LimiterStorageKind = (typeof LIMITER_STORAGES)[number];

/** All that the application takes from its environment. */
export type DemoConfig = Readonly<{
  /** `postgresql://user:password@host:port/database`. The database is made when there is none of that name. */
  postgresUrl: string;
  opensearchUrl: string;
  /** `host:port` of each node. */
  memcachedServers: readonly string[];
  host: string;
  /** Undefined: 3000, or a free port when that is taken. */
  port: number | undefined;
  /** Goes before the name of each index, and before each cache key. */
  prefix: string;
  /** Load only the first so many addresses. */
  addresses: number;
  /** The longest that an edited president can be served from the cache, in seconds. */
  cacheSeconds: number;
  /** The longest that one search may take. */
  searchTimeoutMs: number;
  /** Searches that take this long are logged with their body. */
  slowQueryMs: number;
  /** `export` counts years, `login` wrong passwords, the others requests. */
  limits: Readonly<Record<'api' | 'search' | 'export' | 'login', RateLimitSetting>>;
  /** How many may be under way at once: searches of a client, exports of a client, exports in all. */
  atOnce: Readonly<Record<'searches' | 'exports' | 'allExports', number>>;
  /** The longest that an export may take; a client that reads more slowly is cut off. */
  exportTimeoutMs: number;
  limiterStorage: LimiterStorageKind;
  /** Deadline of one question to the limiter's storage; then the process limits on its own. */
  limiterTimeoutMs: number;
  /** Set where {@link DemoConfig.limiterStorage} is `'redis'`. */
  redisUrl: string | undefined;
  /** Addresses, networks in CIDR, or `loopback`, `linklocal`, `uniquelocal`: whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
  /** Origins whose pages may call the API. */
  corsOrigins: readonly string[];
  /** One line on standard output for each answer. */
  accessLog: boolean;
  /** Requests, and what they cause, become spans of OpenTelemetry. */
  tracing: boolean;
  /** From the moment that readiness is refused until no more connections are accepted. */
  stopDelayMs: number;
  /** The longest that a stop waits for requests under way. */
  stopTimeoutMs: number;
  /** Whether edits need the token of `POST /login`, or are open to everybody, as in the machine room of the demo. */
  edits: 'login' | 'open';
  /** How long such a token holds. */
  sessionSeconds: number;
  /** What `POST /login` accepts. */
  editorPassword: string;
  /** Whether the machine room breaks servers and migrates on request. For the demo alone. */
  faults: boolean;
  /** Where the running demo tells other commands its addresses, as an `.env` file; undefined: nowhere. */
  envFile: string | undefined;
}>;

export const DEFAULT_PORT = 3000;
export const DEFAULT_EDITOR_PASSWORD = 'four score';
/** Groups of two words or more; read by the entity, see `entities/synonyms.ts`. */
const SYNONYMS = /^$|^[^,;]+(,[^,;]+)+(;[^,;]+(,[^,;]+)+)*$/;

/** Injects the {@link DemoConfig}. */
export const DEMO_CONFIG = Symbol('demo-config');

/** The environment is not complete or not right; the message has one line for each variable. */
export class ConfigError extends StartError {
  override readonly name = 'ConfigError';

  constructor(readonly complaints: readonly string[]) {
    super(`The demo cannot start:\n${complaints.map((complaint) => `  - ${complaint}`).join('\n')}`);
  }
}

/**
 * Reads and checks the whole configuration.
 *
 * @throws {@link ConfigError} that names every variable that is missing or wrong, with its remedy.
 */
export function readConfig(env: NodeJS.ProcessEnv): DemoConfig {
  const read = new EnvironmentReader(env);
  const faults = read.oneOf('DEMO_FAULTS', ['off', 'on']) === 'on';
  const limiterStorage = read.oneOf('LIMITER_STORAGE', LIMITER_STORAGES);
  const config: DemoConfig = {
    postgresUrl: read.url(
      'POSTGRES_URL',
      ['postgres:', 'postgresql:'],
      'postgresql://user:password@127.0.0.1:5432/sotu',
    ),
    opensearchUrl: read.url('OPENSEARCH_URL', ['http:', 'https:'], 'http://127.0.0.1:9200'),
    memcachedServers: read.servers('MEMCACHED_SERVERS', '127.0.0.1:11211,127.0.0.1:11212'),
    host: env['HOST'] ?? '127.0.0.1',
    port: env['PORT'] === undefined ? undefined : read.integer('PORT', DEFAULT_PORT, 0, 65_535),
    prefix: read.matching(
      'DEMO_PREFIX',
      'demo',
      /^[a-z][a-z0-9-]{0,30}$/,
      'lower-case letters, digits and hyphens, a letter first',
    ),
    addresses: read.integer('DEMO_ADDRESSES', ADDRESS_COUNT, 1, ADDRESS_COUNT),
    cacheSeconds: read.integer('CACHE_SECONDS', 30, 1, 86_400),
    searchTimeoutMs: read.integer('SEARCH_TIMEOUT_MS', 2_000, 50, 60_000),
    slowQueryMs: read.integer('SLOW_QUERY_MS', 500, 1, 60_000),
    limits: {
      api: read.limit('API_LIMIT', '600/1m'),
      search: read.limit('SEARCH_LIMIT', '120/1m'),
      export: read.exportLimit('EXPORT_LIMIT', '500/1h'),
      login: read.limit('LOGIN_LIMIT', '5/15m'),
    },
    atOnce: {
      searches: read.integer('SEARCHES_AT_ONCE', 8, 1, 10_000),
      exports: read.integer('EXPORTS_AT_ONCE', 2, 1, 10_000),
      allExports: read.integer('ALL_EXPORTS_AT_ONCE', 16, 1, 10_000),
    },
    exportTimeoutMs: read.integer('EXPORT_TIMEOUT_MS', 300_000, 100, 3_600_000),
    limiterStorage,
    limiterTimeoutMs: read.integer('LIMITER_TIMEOUT_MS', 50, 1, 10_000),
    redisUrl:
      limiterStorage === 'redis' ? read.url('REDIS_URL', ['redis:', 'rediss:'], 'redis://127.0.0.1:6379') : undefined,
    trustedProxies: read.list('TRUSTED_PROXIES', isProxy, 'addresses, networks such as 10.0.0.0/8, or loopback'),
    corsOrigins: read.list('CORS_ORIGINS', isOrigin, 'origins such as https://example.org'),
    accessLog: read.oneOf('ACCESS_LOG', ['off', 'on']) === 'on',
    tracing: read.oneOf('TRACING', ['off', 'on']) === 'on',
    stopDelayMs: read.integer('STOP_DELAY_MS', 0, 0, 60_000),
    stopTimeoutMs: read.integer('STOP_TIMEOUT_MS', 10_000, 0, 600_000),
    edits: read.oneOf('EDITS', faults ? ['open', 'login'] : ['login', 'open']),
    sessionSeconds: read.integer('SESSION_SECONDS', 3_600, 1, 2_592_000),
    editorPassword: read.matching('EDITOR_PASSWORD', DEFAULT_EDITOR_PASSWORD, /^[^\0]{1,200}$/, '1 to 200 characters'),
    faults,
    envFile: env['DEMO_ENV_FILE'],
  };
  read.matching('DEMO_SYNONYMS', '', SYNONYMS, 'words that find each other: corsair, pirate; railroad, railway');
  if (read.complaints.length > 0) throw new ConfigError(read.complaints);
  return config;
}

function isProxy(value: string): boolean {
  const [, address = '', , bits] = /^([^/]+)(\/(\d{1,3}))?$/.exec(value) ?? [];
  const family = isIP(address);
  if (family === 0) return ['loopback', 'linklocal', 'uniquelocal'].includes(value);
  return bits === undefined || Number(bits) <= (family === 4 ? 32 : 128);
}

function isOrigin(value: string): boolean {
  return URL.parse(value)?.origin === value;
}
