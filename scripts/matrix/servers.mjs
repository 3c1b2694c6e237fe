import { startMemcached, startOpenSearch, startPostgres, startRedis } from '../../tools/services/dist/index.js';

const starters = {
  POSTGRES_URL: startPostgres,
  OPENSEARCH_URL: startOpenSearch,
  MEMCACHED_SERVERS: startMemcached,
  REDIS_URL: startRedis,
};

/** The real servers: those whose address is in the environment, the others started here and ended by `stop`. */
export async function startServers() {
  const started = [];
  const entries = await Promise.all(
    Object.entries(starters).map(async ([variable, start]) => {
      if (process.env[variable]) return [variable, process.env[variable]];
      const server = await start();
      started.push(server);
      return [variable, server.address];
    }),
  );
  return { addresses: Object.fromEntries(entries), stop: () => Promise.all(started.map((server) => server.stop())) };
}
