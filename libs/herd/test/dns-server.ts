import { createSocket } from 'node:dgram';
import type { RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import * as packet from 'dns-packet';

export type Reply =
  | Readonly<{
      answers?: packet.Answer[];
      rcode?: 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';
      truncated?: boolean;
      garbage?: boolean;
    }>
  | 'silence';

const rcodes = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 };

/** A DNS server in this process, over UDP and TCP on one port; `answer` decides each reply, and may be replaced. */
export async function startDnsServer(answer: (question: packet.Question, over: 'udp' | 'tcp') => Reply) {
  const server = { answer, asked: [] as string[] };
  const reply = (query: packet.Packet, over: 'udp' | 'tcp'): Buffer | undefined => {
    const question = query.questions![0]!;
    server.asked.push(`${over} ${question.type} ${question.name}`);
    const given = server.answer(question, over);
    if (given === 'silence') return undefined;
    if (given.garbage) return Buffer.from('no DNS message');
    const flags =
      packet.RECURSION_DESIRED |
      packet.RECURSION_AVAILABLE |
      (given.truncated ? packet.TRUNCATED_RESPONSE : 0) |
      (given.rcode ? rcodes[given.rcode] : 0);
    return packet.encode({
      type: 'response',
      ...(query.id === undefined ? {} : { id: query.id }),
      flags,
      questions: [question],
      answers: given.answers ?? [],
    });
  };

  const tcp = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', (chunk: Buffer) => {
      const bytes = reply(packet.decode(chunk.subarray(2)), 'tcp');
      if (bytes) socket.end(Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]));
    });
  }).listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket('udp4', (message: Buffer, { port: to, address }: RemoteInfo) => {
    const bytes = reply(packet.decode(message), 'udp');
    if (bytes) udp.send(bytes, to, address);
  });
  udp.bind(port, '127.0.0.1');
  await once(udp, 'listening');
  return Object.assign(server, {
    address: `127.0.0.1:${port}`,
    async close(): Promise<void> {
      udp.close();
      tcp.close();
      await once(tcp, 'close');
    },
  });
}
