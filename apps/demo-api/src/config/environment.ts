import { isIP } from 'node:net';
import { ValidateIf } from 'class-validator';
import { ADDRESS_COUNT } from '../data/read-addresses.js';
import { FIRST_YEAR, LAST_YEAR } from '../export/years.js';
import { Optional } from '../problem/optional.js';
import { WholeNumber } from '../problem/whole-number.js';
import { DEFAULT_EDITOR_PASSWORD } from './defaults.js';
import { ListOf, OneOf, Rate, RateFrom, type RateLimitSetting, ServerList, ServerUrl, Text } from './rules.js';

export const LIMITER_STORAGES = ['memory', 'memcached', 'redis'] as const;
export type LimiterStorageKind = (typeof LIMITER_STORAGES)[number];

const SWITCH = ['off', 'on'] as const;
type Switch = (typeof SWITCH)[number];
/** Groups of two words or more; read by the entity, see `entities/synonyms.ts`. */
const SYNONYMS = /^$|^[^,;]+(,[^,;]+)+(;[^,;]+(,[^,;]+)+)*$/;

/** The schema of the environment: each variable that the application reads, its rule, and what it is when it is not set. */
export class Environment {
  @ServerUrl(['postgres:', 'postgresql:'], 'postgresql://user:password@127.0.0.1:5432/sotu')
  POSTGRES_URL!: string;

  @ServerUrl(['http:', 'https:'], 'http://127.0.0.1:9200')
  OPENSEARCH_URL!: string;

  @ServerList('127.0.0.1:11211,127.0.0.1:11212')
  MEMCACHED_SERVERS!: readonly string[];

  @Text(/^[^\s\0]{1,255}$/, 'a name or an address to listen at')
  HOST = '127.0.0.1';

  @Optional()
  @WholeNumber({ min: 0, max: 65_535 })
  PORT?: number;

  @Text(/^[a-z][a-z0-9-]{0,30}$/, 'lower-case letters, digits and hyphens, a letter first')
  DEMO_PREFIX = 'demo';

  @WholeNumber({ min: 1, max: ADDRESS_COUNT })
  DEMO_ADDRESSES = ADDRESS_COUNT;

  @WholeNumber({ min: 1, max: 86_400 })
  CACHE_SECONDS = 30;

  @WholeNumber({ min: 0, max: 86_400 })
  CACHE_MEMORY_SECONDS = 2;

  @WholeNumber({ min: 50, max: 60_000 })
  SEARCH_TIMEOUT_MS = 2_000;

  @WholeNumber({ min: 1, max: 60_000 })
  SLOW_QUERY_MS = 500;

  @Rate('600/1m')
  API_LIMIT: RateLimitSetting = { limit: 600, per: '1m' };

  @Rate('120/1m')
  SEARCH_LIMIT: RateLimitSetting = { limit: 120, per: '1m' };

  /** One export of all years must fit, or it could never pass. */
  @RateFrom(LAST_YEAR - FIRST_YEAR + 1, 'years')
  EXPORT_LIMIT: RateLimitSetting = { limit: 500, per: '1h' };

  @Rate('5/15m')
  LOGIN_LIMIT: RateLimitSetting = { limit: 5, per: '15m' };

  @WholeNumber({ min: 1, max: 1_000 })
  SEARCHES_AT_ONCE = 8;

  @WholeNumber({ min: 1, max: 1_000 })
  EXPORTS_AT_ONCE = 2;

  @WholeNumber({ min: 1, max: 1_000 })
  ALL_EXPORTS_AT_ONCE = 16;

  @WholeNumber({ min: 100, max: 3_600_000 })
  EXPORT_TIMEOUT_MS = 300_000;

  @OneOf(LIMITER_STORAGES)
  LIMITER_STORAGE: LimiterStorageKind = 'memory';

  @WholeNumber({ min: 1, max: 10_000 })
  LIMITER_TIMEOUT_MS = 50;

  @ValidateIf(({ LIMITER_STORAGE, REDIS_URL }: Environment) => LIMITER_STORAGE === 'redis' || REDIS_URL !== undefined)
  @ServerUrl(['redis:', 'rediss:'], 'redis://127.0.0.1:6379')
  REDIS_URL?: string;

  @ListOf(isProxy, 'addresses, networks such as 10.0.0.0/8, or loopback')
  TRUSTED_PROXIES: readonly string[] = [];

  @ListOf((origin) => URL.parse(origin)?.origin === origin, 'origins such as https://example.org')
  CORS_ORIGINS: readonly string[] = [];

  @OneOf(SWITCH)
  ACCESS_LOG: Switch = 'off';

  @OneOf(SWITCH)
  TRACING: Switch = 'off';

  /** Longer than balancers keep an idle connection: 60 s on AWS. */
  @WholeNumber({ min: 1_000, max: 3_600_000 })
  KEEP_ALIVE_MS = 65_000;

  @WholeNumber({ min: 0, max: 60_000 })
  STOP_DELAY_MS = 0;

  @WholeNumber({ min: 0, max: 600_000 })
  STOP_TIMEOUT_MS = 10_000;

  /** Not set: `open` where faults are made, else `login`. */
  @Optional()
  @OneOf(['login', 'open'])
  EDITS?: 'login' | 'open';

  @WholeNumber({ min: 1, max: 2_592_000 })
  SESSION_SECONDS = 3_600;

  @Text(/^[^\0]{1,200}$/, '1 to 200 characters')
  EDITOR_PASSWORD = DEFAULT_EDITOR_PASSWORD;

  @OneOf(SWITCH)
  DEMO_FAULTS: Switch = 'off';

  @Optional()
  @Text(/^[^\0]+$/, 'the name of a file')
  DEMO_ENV_FILE?: string;

  @Optional()
  @Text(SYNONYMS, 'words that find each other: corsair, pirate; railroad, railway')
  DEMO_SYNONYMS?: string;

  /** Set for other commands by the demo that runs; nothing here reads it. */
  @Optional()
  @Text(/^/, 'an address')
  DEMO_URL?: string;
}

function isProxy(value: string): boolean {
  const [, address = '', , bits] = /^([^/]+)(\/(\d{1,3}))?$/.exec(value) ?? [];
  const family = isIP(address);
  if (family === 0) return ['loopback', 'linklocal', 'uniquelocal'].includes(value);
  return bits === undefined || Number(bits) <= (family === 4 ? 32 : 128);
}
