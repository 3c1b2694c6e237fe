import { startOpenSearch, startPostgres, type RunningServer } from '@rookery/services';

/** PostgreSQL and OpenSearch of the environment, else their own. */
export async function servers(): Promise<{ postgres: string; node: string; stop: () => Promise<void> }> {
  const started: RunningServer[] = [];
  const addressOf = async (variable: string, start: () => Promise<RunningServer>): Promise<string> => {
    const given = process.env[variable];
    if (given) return given;
    const server = await start();
    started.push(server);
    return server.address;
  };
  const [postgres, node] = await Promise.all([addressOf('POSTGRES_URL', startPostgres), addressOf('OPENSEARCH_URL', () => startOpenSearch({ tunedFor: 'throughput' }))]);
  return { postgres, node, stop: async () => void (await Promise.all(started.map((server) => server.stop()))) };
}
