import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A TCP server that does what `serve` says with each connection; `serve` may be replaced. */
export async function startPeer(serve: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const peer = { serve, connections: 0 };
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    peer.connections++;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    peer.serve(socket);
    // A socket that nobody reads does not notice that the other side has closed.
    socket.resume();
  }).listen(0, '127.0.0.1');
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
