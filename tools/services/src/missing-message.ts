import type { MissingServerError } from './service-error.js';
import { ADDRESS_VARIABLES, COMPOSE_ADDRESSES, type ServiceName } from './service-names.js';

/** One message for all servers that cannot be had: which, why, and the two remedies. */
export function missingMessage(missing: ReadonlyMap<ServiceName, MissingServerError>): string {
  const entries = [...missing];
  const packages = [...new Set(entries.flatMap(([, error]) => error.packages))];
  const reasons = entries.map(([name, { server, why }]) => `  ${server} (${name}): ${why}`);
  const exports = entries.map(([name]) => `    export ${ADDRESS_VARIABLES[name]}=${COMPOSE_ADDRESSES[name]}`);
  const install = packages.length > 0 ? [`  - install on Debian or Ubuntu: apt-get install ${packages.join(' ')}`] : [];
  const compose = [
    `  - or use Docker: docker compose up -d --wait ${entries.map(([name]) => COMPOSE_SERVICES[name]).join(' ')}`,
    ...exports,
  ];
  return ['Missing servers:', ...reasons, 'Remedies:', ...install, ...compose].join('\n');
}

const COMPOSE_SERVICES: Record<ServiceName, string> = {
  postgres: 'postgres',
  mariadb: 'mariadb',
  opensearch: 'opensearch',
  opensearch2: 'opensearch2',
  memcached: 'memcached-1 memcached-2 memcached-3',
  redis: 'redis',
};
