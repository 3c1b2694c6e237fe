import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { once } from 'node:events';

import { ChunkReader } from './chunk-reader.js';

let server: Server;
let peers: Socket[];
let port: number;
beforeEach(async () => {
  peers = [];
  server = createServer((peer) => peers.push(peer));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterEach(async () => {
  for (const peer of peers) peer.destroy();
  await new Promise((done) => server.close(done));
});

async function reading(reader: ChunkReader): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', onread: reader.onread });
  const arrived = once(server, 'connection');
  await Promise.all([once(socket, 'connect'), arrived]);
  return socket;
}

it('gives what came before there was a listener, and what comes after, in order', async () => {
  const reader = new ChunkReader();
  const socket = await reading(reader);
  peers[0]!.write('early ');
  while (socket.bytesRead === 0) await new Promise(setImmediate);
  let text = '';
  reader.listen((chunk) => (text += chunk.toString()));
  peers[0]!.end('late');
  await once(socket, 'close');
  expect(text).toBe('early late');
});

it('keeps two sockets apart that are read by turns', async () => {
  const texts = ['', ''];
  const sockets: Socket[] = [];
  for (const i of [0, 1]) {
    const reader = new ChunkReader();
    sockets.push(await reading(reader));
    reader.listen((chunk) => (texts[i] += chunk.toString('latin1')));
  }
  const closed = sockets.map((socket) => once(socket, 'close'));
  for (const i of [0, 1]) peers[i]!.end(String(i).repeat(1_000_000));
  await Promise.all(closed);
  expect(texts).toEqual(['0'.repeat(1_000_000), '1'.repeat(1_000_000)]);
});
