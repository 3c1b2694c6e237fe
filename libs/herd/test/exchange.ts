import { connect } from 'node:net';

const mark = 'get rookery-end-of-exchange\r\n';

/**
 * Sends `script` (latin1) and a last request with a known answer, and returns all that came before that answer.
 * `tear` sends every byte as a write of its own. A script whose last line has no end is sent alone.
 */
export function exchange(port: number, script: string, tear = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let replies = '';
    const finish = (text: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(() => finish(`${replies}<no end>`), 4000);
    socket.setEncoding('latin1');
    socket.on('error', reject);
    socket.on('close', () => finish(`${replies}<closed>`));
    socket.on('data', (text: string) => {
      replies += text;
      if (replies.endsWith('VERSION 1.6.18\r\nEND\r\n')) finish(replies);
    });
    const bytes = Buffer.from(script.endsWith('\n') ? `${script}version\r\n${mark}` : script, 'latin1');
    if (!tear) socket.write(bytes);
    else for (let i = 0; i < bytes.length; i++) socket.write(bytes.subarray(i, i + 1));
  });
}
