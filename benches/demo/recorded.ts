import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Asked } from './wrk.js';

/** Stands before `engine`, and keeps what it is asked by searches. */
export async function recording(engine: string): Promise<Readonly<{ url: string; asked: Asked[]; close: () => void }>> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const { method = 'GET', url: path = '/', headers } = request;
      const body = await text(request);
      if (path.includes('_search')) asked.push({ method: 'POST', path, body });
      const type = { 'content-type': headers['content-type'] ?? 'application/json' };
      const answer = await fetch(engine + path, { method, headers: type, ...(body === '' ? {} : { body }) });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
      response.end(method === 'HEAD' ? undefined : Buffer.from(await answer.arrayBuffer()));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => void (server.close(), server.closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close };
}
