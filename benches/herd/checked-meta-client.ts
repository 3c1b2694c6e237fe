import { once } from 'node:events';
import { connect } from 'node:net';

type Request = Readonly<{ end: string; resolve: (value: unknown) => void }>;

/**
 * The bare meta client with what `metaMemcached` promises of each answer and nothing else: a number is echoed and compared, and
 * values are JSON with their flags. No deadline, no health, no route, no failure.
 */
export async function openCheckedMetaClient(address: string) {
  const [host, port] = address.split(':') as [string, string];
  const socket = connect({ host, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  socket.setEncoding('latin1');
  let waiting = '';
  let text = '';
  let requests: Request[] = [];
  let head = 0;
  let opaque = 0;
  const flush = (): void => {
    socket.write(waiting, 'latin1');
    waiting = '';
  };
  socket.on('data', (chunk) => {
    text += String(chunk);
    let position = 0;
    for (let end = text.indexOf('\r\n', position); end >= 0; end = text.indexOf('\r\n', position)) {
      const request = requests[head]!;
      let value: unknown;
      let next = end + 2;
      if (text.charCodeAt(position) === 86) {
        const size = Number(text.slice(position + 3, text.indexOf(' ', position + 3)));
        if (text.length < next + size + 2) break;
        value = JSON.parse(text.slice(next, next + size));
        next += size + 2;
      }
      if (!text.startsWith(request.end, end - request.end.length)) throw new Error('an answer to another');
      position = next;
      head++;
      request.resolve(value);
    }
    text = text.slice(position);
    if (head === requests.length) [requests, head] = [[], 0];
  });
  const send = (line: string, block: string): Promise<unknown> =>
    new Promise((resolve) => {
      opaque = (opaque + 1) % 1_000_000;
      const end = ` O${opaque}`;
      requests.push({ end, resolve });
      if (waiting === '') process.nextTick(flush);
      waiting += line + end + block;
    });
  return {
    set(key: string, value: unknown, ttl: number) {
      const block = JSON.stringify(value);
      return send(`ms ${key} ${Buffer.byteLength(block)} F2 T${ttl}`, `\r\n${block}\r\n`);
    },
    get: (key: string) => send(`mg ${key} f v`, '\r\n'),
    close: () => socket.destroy(),
  };
}
