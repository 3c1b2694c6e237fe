import { once } from 'node:events';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';
import type { AddressInfo, Socket } from 'node:net';

/** A TCP server that runs `serve` with each connection; `serve` may be replaced. @param certificate for one with TLS. */
export async function startPeer(serve: (socket: Socket) => void, certificate?: SecureContextOptions) {
  const sockets = new Set<Socket>();
  const peer = { serve, connections: 0 };
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    peer.connections++;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    peer.serve(socket);
    // A socket that nobody reads does not notice that the other side has closed.
    socket.resume();
  };
  const server = certificate
    ? createTlsServer(certificate, accept).on('tlsClientError', () => undefined)
    : createServer({ noDelay: true }, accept);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(peer, {
    port,
    address: `127.0.0.1:${port}`,
    open: () => sockets.size,
    async close(): Promise<void> {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  });
}
