import { Transport, type Connection, type ClientOptions } from '@opensearch-project/opensearch';

/** Nodes that the tries of one request were sent to: the next goes to another, where there is one. */
export class NodeChoice {
  readonly tried = new Set<Connection>();
}

/** A transport that goes by the `NodeChoice` which a request has as its id. */
export function choosingTransport(client: ClientOptions): typeof Transport {
  const Base = client.Transport ?? Transport;
  return class extends Base {
    override getConnection(options: { requestId: unknown }): Connection | null {
      const choice: unknown = options.requestId;
      if (!(choice instanceof NodeChoice)) return super.getConnection(options as never);
      const untried = (connection: Connection): boolean => !choice.tried.has(connection);
      const filtered = this as unknown as { nodeFilter: (connection: Connection) => boolean };
      const { nodeFilter } = filtered;
      try {
        filtered.nodeFilter = (connection) => nodeFilter(connection) && untried(connection);
        const other = super.getConnection(options as never);
        if (other) choice.tried.add(other);
        if (other) return other;
      } finally {
        filtered.nodeFilter = nodeFilter;
      }
      return super.getConnection(options as never);
    }
  };
}
