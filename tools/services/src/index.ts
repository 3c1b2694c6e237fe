// Start one server.
export { startMemcached, type MemcachedOptions } from './memcached.js';
export { startRedis, type RedisOptions } from './redis.js';
export { startPostgres, type PostgresOptions } from './postgres.js';
export { startMariadb, type MariadbOptions } from './mariadb.js';
export { startOpenSearch, type OpenSearchOptions } from './opensearch.js';
export type { OpenSearchLine } from './opensearch-line.js';
export type { RunningServer } from './running-server.js';
export { MissingServerError, ServiceError } from './service-error.js';
export { freePort } from './free-port.js';

// Make faults in them.
export { controlServers, type ControlledServer, type OwnServer, type ServerControl } from './control.js';

// Use the servers of the test run.
export { describeWith, describeWithProgram } from './describe-with.js';
export type { ServiceName } from './service-names.js';

// What the suites of all libraries have in common.
export { describeOptions, type OptionSite } from './describe-options.js';
export { holdEventLoop } from './hold-event-loop.js';
