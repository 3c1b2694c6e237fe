import { connect } from 'node:net';

import { startPeer } from './scripted-peer.js';

/** A sentinel that answers as the one at `sentinel`, but for where the primary is, once it is set to lie. */
export async function startLiar(sentinel: number, lie?: number) {
  const liar = { lie };
  const peer = await startPeer((socket) => {
    const upstream = connect(sentinel, '127.0.0.1');
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    upstream.pipe(socket);
    socket.on('data', (chunk: Buffer) => {
      const isAsked = liar.lie !== undefined && /SENTINEL/i.test(chunk.toString());
      if (!isAsked) return void upstream.write(chunk);
      const words = ['ip', '127.0.0.1', 'port', String(liar.lie), 'config-epoch', '1000'];
      socket.write(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`);
    });
  });
  return Object.assign(liar, { address: peer.address, close: () => peer.close() });
}
