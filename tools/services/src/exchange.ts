import { createConnection } from 'node:net';

/** Sends `request` to a port of 127.0.0.1 and answers with what came back until `end` was seen. */
export function exchange(port: number, request: string, end: string, timeoutMs = 1000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1', timeout: timeoutMs });
    let received = '';
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.write(request));
    socket.on('data', (chunk: string) => {
      received += chunk;
      if (!received.includes(end)) return;
      socket.destroy();
      resolve(received);
    });
    socket.once('error', fail);
    socket.once('timeout', () => fail(new Error('timed out')));
    socket.once('close', () => reject(new Error('closed')));
  });
}
