/**
 * Answers each request with the body that its parent gave it: over node:http alone at `/`, at `/express` over the framework of the
 * demo, with the `ETag` that it computes, and at `/nest` over Nest with the demo's security headers and compression.
 */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import compression from 'compression';
import express, { type Response } from 'express';
import helmet from 'helmet';

async function nestThatSends(bytes: Buffer): Promise<RequestListener> {
  @Controller('nest')
  class BareController {
    @Get()
    send(@Res() response: Response): void {
      response.type('json').send(bytes);
    }
  }
  @Module({ controllers: [BareController] })
  class BareModule {}
  const app = await NestFactory.create<NestExpressApplication>(BareModule, { logger: false, bodyParser: false });
  app.use(helmet());
  app.use(compression());
  await app.init();
  return app.getHttpAdapter().getInstance();
}

async function serve(body: string): Promise<void> {
  const bytes = Buffer.from(body);
  const framework = express();
  framework.get('/express', (_request, response) => void response.type('json').send(bytes));
  const nest = await nestThatSends(bytes);
  const server = createServer((request, response) => {
    if (request.url === '/express') return void framework(request, response);
    if (request.url === '/nest') return void nest(request, response);
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Content-Length', bytes.length);
    response.end(bytes);
  });
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
}

process.once('disconnect', () => process.exit());
process.once('message', (body: string) => void serve(body));
process.channel?.ref();
process.send!('ready'); // What is sent before is lost, as the probe reads messages already.
