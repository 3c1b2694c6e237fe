import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { Asked } from './wrk.js';

/** Stands before `engine`, and keeps the requests of searches. */
export async function recording(engine: string): Promise<Readonly<{ url: string; asked: Asked[]; close: () => void }>> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { method = 'GET', url: path = '/', headers } = request;
    void buffer(request).then((bytes) => {
      const body = (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
      if (path.includes('_search')) asked.push({ method: 'POST', path, body });
      const onward = send(engine + path, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      });
      onward.once('error', () => response.destroy()).end(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => void (server.close(), server.closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close };
}
