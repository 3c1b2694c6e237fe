import type { ContextReader } from './context-reader.js';
import type { HttpRequest } from './http-exchange.js';

/**
 * A client of `ws` or of Socket.IO. The latter keeps the request that opened the connection; with the former, set it in
 * `handleConnection(client, request)`, else there is only the address of the socket.
 */
interface WsClient {
  readonly request?: HttpRequest;
  readonly _socket?: { readonly remoteAddress?: string };
}

export const wsReader: ContextReader = (execution, { addresses }) => {
  const client = execution.switchToWs().getClient<WsClient>();
  return {
    request: client,
    identity: execution.getArgs(),
    address: () => addresses.of(client.request ?? { socket: client._socket }),
    refusal: async (exception) => {
      // Nest shows the client only errors of its own class. Where a gateway runs, the package is there.
      const { WsException } = await import('@nestjs/websockets');
      return Object.assign(new WsException(exception.getResponse()), { cause: exception });
    },
  };
};
