import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { knownNames } from '../problem/known-names.js';
import { StartError } from '../start-error.js';
import type { DemoConfig } from './demo-config.js';
import { Environment } from './environment.js';

/** Names that are this application's alone: an unknown one is a mistake. */
const OWN_NAME = /^DEMO_/;

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
 * @throws {@link ConfigError} that names every variable that is missing, wrong or unknown, with its remedy.
 */
export function readConfig(env: NodeJS.ProcessEnv): DemoConfig {
  const known = knownNames(Environment);
  const given = Object.entries(env).filter(([name, value]) => value !== undefined && known.includes(name));
  const environment = plainToInstance(Environment, Object.fromEntries(given));
  const unknown = Object.keys(env).filter((name) => OWN_NAME.test(name) && !known.includes(name));
  const complaints = [
    ...validateSync(environment).map((error) => complaintOf(error, env[error.property])),
    ...unknown.map((name) => `${name} is no variable of the demo, whose own are ${known.filter(isOwn).join(', ')}`),
  ];
  if (complaints.length > 0) throw new ConfigError(complaints);
  return configOf(environment);
}

const isOwn = (name: string): boolean => OWN_NAME.test(name);

function complaintOf({ property, constraints = {} }: ValidationError, value = ''): string {
  const message = Object.values(constraints)[0]!;
  return message.startsWith(`${property} is not set`) ? message : `${message} (got ${shown(property, value)})`;
}

/** Passwords stay out of logs. */
function shown(name: string, value: string): string {
  const isPassword = name.endsWith('PASSWORD') && value !== '';
  return isPassword ? `${value.length} characters` : JSON.stringify(value.replace(/:[^:/@]*@/, ':***@'));
}

function configOf(given: Environment): DemoConfig {
  const faults = given.DEMO_FAULTS === 'on';
  return {
    postgresUrl: given.POSTGRES_URL,
    opensearchUrl: given.OPENSEARCH_URL,
    memcachedServers: given.MEMCACHED_SERVERS,
    host: given.HOST,
    port: given.PORT,
    prefix: given.DEMO_PREFIX,
    addresses: given.DEMO_ADDRESSES,
    cacheSeconds: given.CACHE_SECONDS,
    cacheMemorySeconds: given.CACHE_MEMORY_SECONDS,
    searchTimeoutMs: given.SEARCH_TIMEOUT_MS,
    slowQueryMs: given.SLOW_QUERY_MS,
    limits: {
      api: given.API_LIMIT,
      search: given.SEARCH_LIMIT,
      export: given.EXPORT_LIMIT,
      login: given.LOGIN_LIMIT,
    },
    atOnce: {
      searches: given.SEARCHES_AT_ONCE,
      exports: given.EXPORTS_AT_ONCE,
      allExports: given.ALL_EXPORTS_AT_ONCE,
    },
    exportTimeoutMs: given.EXPORT_TIMEOUT_MS,
    limiterStorage: given.LIMITER_STORAGE,
    limiterTimeoutMs: given.LIMITER_TIMEOUT_MS,
    redisUrl: given.REDIS_URL,
    trustedProxies: given.TRUSTED_PROXIES,
    corsOrigins: given.CORS_ORIGINS,
    accessLog: given.ACCESS_LOG === 'on',
    tracing: given.TRACING === 'on',
    keepAliveMs: given.KEEP_ALIVE_MS,
    stopDelayMs: given.STOP_DELAY_MS,
    stopTimeoutMs: given.STOP_TIMEOUT_MS,
    edits: given.EDITS ?? (faults ? 'open' : 'login'),
    sessionSeconds: given.SESSION_SECONDS,
    editorPassword: given.EDITOR_PASSWORD,
    faults,
    envFile: given.DEMO_ENV_FILE,
  };
}
