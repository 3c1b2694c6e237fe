import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * The least that speaks the meta protocol, as a measure of what is possible: one pipelined connection, texts alone, no deadline,
 * no opaque, no check of anything.
 */
export async function openBareMetaClient(address: string) {
  const [host, port] = address.split(':') as [string, string];
  const socket = connect({ host, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  socket.setEncoding('latin1');
  let waiting = '';
  let text = '';
  let resolvers: ((value: string | undefined) => void)[] = [];
  let head = 0;
  const flush = (): void => {
    socket.write(waiting, 'latin1');
    waiting = '';
  };
  socket.on('data', (chunk) => {
    text += String(chunk);
    let position = 0;
    for (let end = text.indexOf('\r\n', position); end >= 0; end = text.indexOf('\r\n', position)) {
      let value: string | undefined;
      let next = end + 2;
      if (text.charCodeAt(position) === 86) {
        const size = Number(text.slice(position + 3, end));
        if (text.length < next + size + 2) break;
        value = text.slice(next, next + size);
        next += size + 2;
      }
      position = next;
      resolvers[head++]!(value);
    }
    text = text.slice(position);
    if (head === resolvers.length) [resolvers, head] = [[], 0];
  });
  const send = (command: string): Promise<string | undefined> =>
    new Promise((resolve) => {
      resolvers.push(resolve);
      if (waiting === '') process.nextTick(flush);
      waiting += command;
    });
  return {
    set: (key: string, value: string, ttl: number) => send(`ms ${key} ${value.length} T${ttl}\r\n${value}\r\n`),
    get: (key: string) => send(`mg ${key} v\r\n`),
    close: () => socket.destroy(),
  };
}
