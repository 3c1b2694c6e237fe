import { BadRequestException, UnsupportedMediaTypeException } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { json, type NextFunction, type Request, type Response } from 'express';
import { shapeProblem } from './json-shape.js';

/** More than the largest body of any route. */
const MAX_BYTES = 16 * 1024;
const BOUNDS = { maxDepth: 8, maxValues: 100 };
/** Routes of other methods read no body. */
const METHODS = new Set(['POST', 'PATCH']);

/** The application accepts JSON alone, of a bounded size and shape, which is judged before anything parses it. */
export function parseBodies(app: NestExpressApplication): void {
  const parse = json({ limit: MAX_BYTES, verify: judge, type: () => true });
  app.use((request: Request, response: Response, next: NextFunction): void => {
    if (!METHODS.has(request.method)) return next();
    if (!isOfAnotherType(request)) return void parse(request, response, next);
    const type = request.headers['content-type'];
    next(new UnsupportedMediaTypeException(`The body must be application/json (got ${type ?? 'no Content-Type'}).`));
  });
}

/** `false` of `is`: there is a body, and it is something else. One of no bytes is none. */
function isOfAnotherType(request: Request): boolean {
  return request.headers['content-length'] !== '0' && request.is('application/json') === false;
}

function judge(_request: unknown, _response: unknown, body: Buffer): void {
  const problem = shapeProblem(body, BOUNDS);
  if (problem !== undefined) throw new BadRequestException(`The body must not be ${problem}.`);
}
