import { getConfigToken } from '@nestjs/config';
import type { LimiterStorageKind } from './environment.js';
import type { RateLimitSetting } from './rules.js';

/** All that the application reads from its environment. */
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
  /** How long the process keeps an address in memory before it reads the herd again, in seconds; 0: not at all. */
  cacheMemorySeconds: number;
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
  /** Tells other processes what to drop from memory; and keeps limits where {@link DemoConfig.limiterStorage} is `'redis'`. */
  redisUrl: string | undefined;
  /** Addresses, networks in CIDR, or `loopback`, `linklocal`, `uniquelocal`: whose `X-Forwarded-For` is trusted. */
  trustedProxies: readonly string[];
  /** Origins whose pages may call the API. */
  corsOrigins: readonly string[];
  /** One line on standard output for each answer. */
  accessLog: boolean;
  /** Requests, and what they cause, become spans of OpenTelemetry. */
  tracing: boolean;
  /** How long a connection may be idle. */
  keepAliveMs: number;
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
  /** Where the running demo writes its addresses for other commands, as an `.env` file; undefined: nowhere. */
  envFile: string | undefined;
}>;

/** The namespace of `@nestjs/config` under which it stands. */
export const NAMESPACE = 'demo';

/** Injects the {@link DemoConfig}. */
export const DEMO_CONFIG = getConfigToken(NAMESPACE);
