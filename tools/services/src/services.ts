import type { OwnServer } from './control.js';
import { findServer } from './find-program.js';
import { requireMariadb, startMariadb } from './mariadb.js';
import { startMemcached } from './memcached.js';
import { chooseLine } from './opensearch-line.js';
import { startOpenSearch } from './opensearch.js';
import { requirePostgres } from './postgres-program.js';
import { startPostgres } from './postgres.js';
import { requireReachable } from './reachable.js';
import { requireRedis, startRedis } from './redis.js';
import type { RunningServer } from './running-server.js';
import { MissingServerError } from './service-error.js';
import { ADDRESS_VARIABLES, type ServiceName } from './service-names.js';

const MEMCACHED_NODES = 3;

export type StartOptions = {
  /** Keeps PostgreSQL's and OpenSearch's data below this folder. */
  dataDir?: string | undefined;
  /** One line of progress of one service. */
  report: (service: ServiceName, progress: string) => void;
  /** Hears of each server that was started; of one that is in the environment nothing. */
  onServer?: (own: OwnServer) => void;
};

type Service = {
  /** @throws {@link MissingServerError} when this machine lacks what {@link start} needs. */
  require(): unknown;
  start(options: StartOptions): Promise<RunningServer[]>;
};

const SERVICES: Record<ServiceName, Service> = {
  postgres: {
    require: requirePostgres,
    start: async ({ dataDir }) => [
      await startPostgres(dataDir === undefined ? {} : { dataDir: `${dataDir}/postgres` }),
    ],
  },
  mariadb: { require: requireMariadb, start: async () => [await startMariadb()] },
  opensearch: {
    require: () => chooseLine(undefined),
    start: async ({ dataDir, report }) => [
      await startOpenSearch({
        report: (progress) => report('opensearch', progress),
        ...(dataDir !== undefined && { dataDir: `${dataDir}/opensearch` }),
      }),
    ],
  },
  opensearch2: {
    require: () => chooseLine('2.x'),
    start: async ({ report }) => [
      await startOpenSearch({ line: '2.x', report: (progress) => report('opensearch2', progress) }),
    ],
  },
  memcached: {
    require: () => undefined, // The embedded node is always there.
    start: () => Promise.all(Array.from({ length: MEMCACHED_NODES }, () => startMemcached())),
  },
  redis: { require: requireRedis, start: async () => [await startRedis()] },
};

/** What this machine lacks to start `names`; a service with an address in the environment needs nothing. */
export async function findMissing(
  names: readonly ServiceName[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Map<ServiceName, MissingServerError>> {
  const missing = new Map<ServiceName, MissingServerError>();
  for (const name of names.filter((candidate) => !env[ADDRESS_VARIABLES[candidate]])) {
    try {
      await SERVICES[name].require();
    } catch (error) {
      if (!(error instanceof MissingServerError)) throw error;
      missing.set(name, error);
    }
  }
  return missing;
}

/** Programs of test suites, and the package of each, by the service that those suites need: they have no address. */
const TEST_PEERS: Partial<Record<ServiceName, Readonly<Record<string, string>>>> = {
  memcached: { nutcracker: 'nutcracker', dnsmasq: 'dnsmasq-base' },
  opensearch: { chromium: 'chromium' },
};

/**
 * Packages that a run works without, but then on the embedded memcached nodes, and without the suites that compare with a
 * real peer or look at the demo's page with a browser.
 */
export function wantedPackages(names: readonly ServiceName[], env: NodeJS.ProcessEnv = process.env): string[] {
  const memcached = names.includes('memcached') && !env[ADDRESS_VARIABLES.memcached];
  const peers = names.flatMap((name) => Object.entries(TEST_PEERS[name] ?? {}));
  return [...(memcached ? [['memcached', 'memcached'] as const] : []), ...peers]
    .filter(([program]) => !findServer(program))
    .map(([, name]) => name);
}

/**
 * The address of each service: from its environment variable when that is set, else of a server that is started, all at once.
 * The first failure rejects; what was started until then goes with {@link tidyUp}, as everything does.
 */
export async function startServices(
  names: readonly ServiceName[],
  options: StartOptions,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Record<string, string>> {
  const addresses = await Promise.all(names.map((name) => startService(name, options, env)));
  return Object.fromEntries(names.map((name, index) => [ADDRESS_VARIABLES[name], addresses[index]!]));
}

async function startService(name: ServiceName, options: StartOptions, env: NodeJS.ProcessEnv): Promise<string> {
  const given = env[ADDRESS_VARIABLES[name]];
  if (given) {
    await requireReachable(name, given);
    options.report(name, `${given} (from ${ADDRESS_VARIABLES[name]})`);
    return given;
  }
  const startedAt = performance.now();
  const servers = await SERVICES[name].start(options);
  for (const server of servers) options.onServer?.({ service: name, server });
  const address = servers.map((server) => server.address).join(',');
  options.report(
    name,
    `${servers[0]!.name} ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s at ${address}`,
  );
  return address;
}
