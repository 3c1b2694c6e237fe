import { ServiceError } from './service-error.js';

export const SERVICE_NAMES = ['postgres', 'mariadb', 'opensearch', 'opensearch2', 'memcached', 'redis'] as const;
/** `opensearch2` is the 2.19 line with k-NN. */
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** The environment variable that holds each service's address. */
export const ADDRESS_VARIABLES: Readonly<Record<ServiceName, string>> = Object.freeze({
  postgres: 'POSTGRES_URL',
  mariadb: 'MARIADB_URL',
  opensearch: 'OPENSEARCH_URL',
  opensearch2: 'OPENSEARCH2_URL',
  memcached: 'MEMCACHED_SERVERS',
  redis: 'REDIS_URL',
});

/** The addresses of the services in docker-compose.yml, by service. */
export const COMPOSE_ADDRESSES: Readonly<Record<ServiceName, string>> = Object.freeze({
  postgres: 'postgres://postgres@127.0.0.1:25432/postgres',
  mariadb: 'mysql://root@127.0.0.1:23306',
  opensearch: 'http://127.0.0.1:29200',
  opensearch2: 'http://127.0.0.1:29201',
  memcached: '127.0.0.1:21211,127.0.0.1:21212,127.0.0.1:21213',
  redis: 'redis://127.0.0.1:26379',
});

/** Whether this is a continuous integration run: a missing server is a failure there. */
export function inCi(env: NodeJS.ProcessEnv = process.env): boolean {
  return !['', '0', 'false', undefined].includes(env['CI']);
}

/**
 * The services of a test run: `ROOKERY_SERVICES=memcached,redis` chooses, `none` starts nothing. By default all.
 */
export function chosenServices(env: NodeJS.ProcessEnv = process.env): ServiceName[] {
  const choice = env['ROOKERY_SERVICES']?.trim();
  if (!choice) return [...SERVICE_NAMES];
  if (choice === 'none') return [];
  return choice.split(',').map((part) => {
    const name = SERVICE_NAMES.find((known) => known === part.trim());
    if (!name)
      throw new ServiceError(`ROOKERY_SERVICES accepts ${SERVICE_NAMES.join(', ')} or none (got ${part.trim()})`);
    return name;
  });
}
