import type { Duration } from '@rookery/limiter';
import { ADDRESS_COUNT } from './data/read-addresses.js';
import { FIRST_YEAR, LAST_YEAR } from './export/years.js';
import { StartError } from './start-error.js';

/** A rate limit: `limit` requests for each `per`, such as `'1m'`. */
export type RateLimitSetting = Readonly<{ limit: number; per: Duration }>;

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
  /** `export` counts years, `login` wrong passwords, the others requests. */
  limits: Readonly<Record<'api' | 'search' | 'export' | 'login', RateLimitSetting>>;
  limiterStorage: LimiterStorageKind;
  /** Deadline of one question to the limiter's storage; then the process limits on its own. */
  limiterTimeoutMs: number;
  /** Set where {@link DemoConfig.limiterStorage} is `'redis'`. */
  redisUrl: string | undefined;
  /** What `POST /login` takes. */
  editorPassword: string;
}>;

const WHOLE_EXPORT = LAST_YEAR - FIRST_YEAR + 1;
export const DEFAULT_PORT = 3000;

/** Injects the {@link DemoConfig}. */
export const DEMO_CONFIG = Symbol('demo-config');

/** The environment is not complete or not right; the message has one line for each variable. */
export class ConfigError extends StartError {
  override readonly name = 'ConfigError';

  constructor(readonly complaints: readonly string[]) {
    super(`The demo cannot start:\n${complaints.map((complaint) => `  - ${complaint}`).join('\n')}`);
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the whole configuration.
 *
 * @throws {@link ConfigError} that names every variable that is missing or wrong, with its remedy.
 */
export function readConfig(env: Environment): DemoConfig {
  const read = new EnvironmentReader(env);
  const limiterStorage = read.oneOf('LIMITER_STORAGE', LIMITER_STORAGES);
  const config: DemoConfig = {
    postgresUrl: read.url('POSTGRES_URL', ['postgres:', 'postgresql:'], 'postgresql://user:password@127.0.0.1:5432/sotu'),
    opensearchUrl: read.url('OPENSEARCH_URL', ['http:', 'https:'], 'http://127.0.0.1:9200'),
    memcachedServers: read.servers('MEMCACHED_SERVERS', '127.0.0.1:11211,127.0.0.1:11212'),
    host: env['HOST'] ?? '127.0.0.1',
    port: env['PORT'] === undefined ? undefined : read.integer('PORT', DEFAULT_PORT, 0, 65_535),
    prefix: read.matching('DEMO_PREFIX', 'demo', /^[a-z][a-z0-9-]{0,30}$/, 'lower-case letters, digits and hyphens, a letter first'),
    addresses: read.integer('DEMO_ADDRESSES', ADDRESS_COUNT, 1, ADDRESS_COUNT),
    cacheSeconds: read.integer('CACHE_SECONDS', 30, 1, 86_400),
    searchTimeoutMs: read.integer('SEARCH_TIMEOUT_MS', 2_000, 50, 60_000),
    limits: {
      api: read.limit('API_LIMIT', '600/1m'),
      search: read.limit('SEARCH_LIMIT', '120/1m'),
      export: read.exportLimit('EXPORT_LIMIT', '500/1h'),
      login: read.limit('LOGIN_LIMIT', '5/15m'),
    },
    limiterStorage,
    limiterTimeoutMs: read.integer('LIMITER_TIMEOUT_MS', 50, 1, 10_000),
    redisUrl: limiterStorage === 'redis' ? read.url('REDIS_URL', ['redis:', 'rediss:'], 'redis://127.0.0.1:6379') : undefined,
    editorPassword: read.matching('EDITOR_PASSWORD', 'four score', /^[^\0]{1,200}$/, '1 to 200 characters'),
  };
  if (read.complaints.length > 0) throw new ConfigError(read.complaints);
  return config;
}

/** Gathers complaints instead of stopping at the first one. */
class EnvironmentReader {
  readonly complaints: string[] = [];

  constructor(private readonly env: Environment) {}

  url(name: string, protocols: readonly string[], example: string): string {
    const value = this.#required(name, example);
    if (value !== undefined && !protocols.includes(URL.parse(value)?.protocol ?? '')) {
      this.#complain(name, `must be a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}, such as ${example}`, withoutPassword(value));
    }
    return value ?? '';
  }

  servers(name: string, example: string): string[] {
    const value = this.#required(name, example);
    if (value === undefined) return [];
    const servers = value.split(',').map((server) => server.trim());
    if (!servers.every((server) => /^(\[[\da-f:.]+\]|[^\s:,[\]]+):\d{1,5}$/i.test(server))) {
      this.#complain(name, `must be host:port, several separated by commas, such as ${example}`, value);
    }
    return servers;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.env[name];
    if (value === undefined) return fallback;
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (!(number >= min && number <= max)) this.#complain(name, `must be a whole number from ${min} to ${max}`, value);
    return number;
  }

  matching(name: string, fallback: string, pattern: RegExp, rule: string): string {
    const value = this.env[name] ?? fallback;
    if (!pattern.test(value)) this.#complain(name, `must be ${rule}`, value);
    return value;
  }

  limit(name: string, fallback: string): RateLimitSetting {
    const value = this.env[name] ?? fallback;
    const [, limit, per] = /^([1-9]\d{0,8})\/([1-9]\d{0,5}(?:ms|s|m|h|d))$/.exec(value) ?? [];
    if (limit === undefined || per === undefined) this.#complain(name, `must be requests per duration, such as ${fallback}`, value);
    return { limit: Number(limit), per: per as Duration };
  }

  /** One export of all years must fit, or it could never pass. */
  exportLimit(name: string, fallback: string): RateLimitSetting {
    const setting = this.limit(name, fallback);
    if (setting.limit < WHOLE_EXPORT) this.#complain(name, `must be years per duration, at least the ${WHOLE_EXPORT} of one whole export`, this.env[name] ?? fallback);
    return setting;
  }

  oneOf<Value extends string>(name: string, values: readonly [Value, ...Value[]]): Value {
    const value = this.env[name] ?? values[0];
    const known = values.find((each) => each === value);
    if (known === undefined) this.#complain(name, `must be ${values.slice(0, -1).join(', ')} or ${values.at(-1)}`, value);
    return known ?? values[0];
  }

  #required(name: string, example: string): string | undefined {
    const value = this.env[name];
    if (value !== undefined && value !== '') return value;
    this.complaints.push(`${name} is not set: give the address of a server, such as ${example}, or run \`npm run demo\`, which starts one`);
    return undefined;
  }

  #complain(name: string, rule: string, value: string): void {
    this.complaints.push(`${name} ${rule} (got ${JSON.stringify(value)})`);
  }
}

function withoutPassword(value: string): string {
  return value.replace(/:[^:/@]*@/, ':***@');
}
