import { startMemcached, startOpenSearch, startPostgres } from '@rookery/services';

/** The servers that a demo needs, and its environment with their addresses, on a free port. */
export async function startDemoServers(memcachedNodes: number) {
  const nodes = Array.from({ length: memcachedNodes }, () => startMemcached());
  const servers = await Promise.all([startPostgres(), startOpenSearch(), ...nodes]);
  const [postgres, opensearch, ...memcached] = servers.map(({ address }) => address);
  return {
    env: { POSTGRES_URL: postgres!, OPENSEARCH_URL: opensearch!, MEMCACHED_SERVERS: memcached.join(','), PORT: '0' },
    stop: async (): Promise<void> => void (await Promise.all(servers.map((server) => server.stop()))),
  };
}
