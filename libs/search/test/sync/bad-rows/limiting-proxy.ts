import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that refuses bodies above `maxBytes` with 413 and a page, as proxies do. */
export async function limitingProxy(target: string, maxBytes: number) {
  let refused = 0;
  const server = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      if (body.length > maxBytes) {
        refused += 1;
        answer.writeHead(413, { 'content-type': 'text/html' }).end('<h1>413 Request Entity Too Large</h1>');
        return;
      }
      const { hostname, port } = new URL(target);
      const headers = { ...incoming.headers, host: `${hostname}:${port}` };
      const outgoing = request({ hostname, port, path: incoming.url, method: incoming.method, headers }, (response) => {
        answer.writeHead(response.statusCode ?? 500, response.headers);
        response.pipe(answer);
      });
      outgoing.on('error', () => answer.destroy());
      outgoing.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get refused(): number {
      return refused;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
