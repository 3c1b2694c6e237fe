import { startOpenSearch } from '@rookery/services';

/** The server at OPENSEARCH_URL, or one of our own that `stop` ends. */
export async function openSearchServer(): Promise<{ readonly node: string; stop(): Promise<void> }> {
  const node = process.env['OPENSEARCH_URL'];
  if (node) return { node, stop: () => Promise.resolve() };
  const server = await startOpenSearch({ tunedFor: 'throughput' });
  return { node: server.address, stop: () => server.stop() };
}
