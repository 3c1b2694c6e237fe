/**
 * Sends the body that its parent gave it to whoever asks: over node:http alone at `/`, and at `/express` over the framework of the
 * demo, with the `ETag` that it computes.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';

process.once('disconnect', () => process.exit());
process.once('message', (body: string) => {
  const bytes = Buffer.from(body);
  const framework = express();
  framework.get('/express', (_request, response) => void response.type('json').send(bytes));
  const server = createServer((request, response) => {
    if (request.url === '/express') return void framework(request, response);
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Content-Length', bytes.length);
    response.end(bytes);
  });
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
});
process.channel?.ref();
process.send!('ready'); // What is sent before is lost, as the probe reads messages already.
