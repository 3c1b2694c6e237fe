import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A proxy before a server that counts round trips: how often the client spoke after the server had. */
export async function startTurnCounter(port: number) {
  const sockets = new Set<Socket>();
  let turns = 0;
  const proxy = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    let clientSpoke = false;
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('data', (chunk) => {
      if (!clientSpoke) turns++;
      clientSpoke = true;
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      clientSpoke = false;
      client.write(chunk);
    });
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    /** The round trips since the last call. */
    turns: (): number => {
      const counted = turns;
      turns = 0;
      return counted;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
