import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type Proxy = Readonly<{ url: string; close(): Promise<void> }>;

/** Stands in front of a server. @param refuse the status of an answer of its own; undefined: the server's answer */
export async function startProxy(
  target: string,
  refuse: (request: IncomingMessage) => number | undefined,
): Promise<Proxy> {
  const server = createServer((request, response) => {
    const status = refuse(request);
    if (status !== undefined) return void response.writeHead(status).end('refused by the proxy');
    void forward(request, target).then(
      async (answer) => {
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
        response.end(Buffer.from(await answer.arrayBuffer()));
      },
      () => response.destroy(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const PASSED_ON = ['content-type', 'authorization'] as const;

function passedOn(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(PASSED_ON.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
}

async function forward(request: IncomingMessage, target: string): Promise<Response> {
  const { method = 'GET', url = '/', headers } = request;
  return fetch(target + url, {
    method,
    headers: passedOn(headers),
    ...(method === 'GET' ? {} : { body: await buffer(request) }),
  });
}
