import { join } from 'node:path';
import { PreconditionFailedException } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import express from 'express';

const PRECONDITION_FAILED = 412;

/** Where Vite puts what `web/` is built to. */
const BUILT = join(import.meta.dirname, '../../dist/web');

/** The page's own files and its own API, and nothing else: no inline script or style, no other host. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the page at `/`, before any route and its limits. Its files carry their hash in their name, and are kept for good. */
export function servePage(app: NestExpressApplication, folder = BUILT): void {
  app.use('/assets', express.static(join(folder, 'assets'), { immutable: true, maxAge: '365d', index: false }));
  app.use((request: Request, response: Response, next: NextFunction) => {
    if (request.path !== '/' || !['GET', 'HEAD'].includes(request.method)) return next();
    response.setHeader('Content-Security-Policy', POLICY);
    response.setHeader('Cache-Control', 'no-cache');
    response.sendFile('index.html', { root: folder, acceptRanges: false }, (error) => {
      if (error === undefined || response.headersSent) return;
      if ((error as { status?: number }).status === PRECONDITION_FAILED)
        return next(new PreconditionFailedException('The page does not match If-Match or If-Unmodified-Since.'));
      response.status(503).type('text/plain').send('The page is not built: run npm run build:page once.\n');
    });
  });
}
