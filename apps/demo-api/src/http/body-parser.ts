import { isUtf8 } from 'node:buffer';
import { BadRequestException, PayloadTooLargeException, UnsupportedMediaTypeException } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { json, type NextFunction, type Request, type Response } from 'express';
import { cut } from '../problem/unknown-names.js';
import { shapeProblem } from './json-shape.js';

/** More than the largest body of any route. */
const MAX_BYTES = 16 * 1024;
const BOUNDS = { maxDepth: 8, maxValues: 100 };
/** Routes of other methods read no body. */
const METHODS = new Set(['POST', 'PATCH']);
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]*)/i;
const UTF_8 = /^utf-8$/i;

/** The application accepts JSON alone, in UTF-8, of a bounded size and shape, which is judged before anything parses it. */
export function parseBodies(app: NestExpressApplication): void {
  const parse = json({ limit: MAX_BYTES, verify: judge, type: () => true });
  app.use((request: Request, response: Response, next: NextFunction): void => {
    if (!METHODS.has(request.method)) return next();
    const refusal = refusalOfType(request);
    if (refusal !== undefined) return next(new UnsupportedMediaTypeException(refusal));
    parse(request, response, (error?: unknown) => {
      if (error !== undefined) return next(toldOf(error, request));
      next(Array.isArray(request.body) ? notAnObject('a list') : undefined);
    });
  });
}

function refusalOfType(request: Request): string | undefined {
  const { 'content-type': type, 'content-length': length } = request.headers;
  // `false` of `is`: there is a body, and it is something else. One of no bytes is none.
  if (length !== '0' && request.is('application/json') === false)
    return `The body must be application/json (got ${type ?? 'no Content-Type'}).`;
  const charset = CHARSET.exec(type ?? '')?.[1];
  // What judges its shape reads bytes of UTF-8.
  return charset === undefined || UTF_8.test(charset) ? undefined : `The body must be in UTF-8 (got ${cut(charset)}).`;
}

function judge(_request: unknown, _response: unknown, body: Buffer): void {
  if (!isUtf8(body)) throw new UnsupportedMediaTypeException('The body must be in UTF-8, and is not.');
  const problem = shapeProblem(body, BOUNDS);
  if (problem !== undefined) throw new BadRequestException(`The body must not be ${problem}.`);
}

interface ParserError {
  /** Of body-parser and raw-body. */
  readonly type?: string;
  /** Of zlib. */
  readonly code?: string;
  readonly body?: string;
}

/** The parser's error, with what is allowed instead. */
function toldOf(error: unknown, { headers }: Request): unknown {
  const { type, code, body } = error as ParserError;
  const encoding = cut(String(headers['content-encoding']));
  if (type === 'entity.parse.failed') return notAnObject(JSON.stringify(cut(body ?? '')));
  if (type === 'entity.too.large')
    return new PayloadTooLargeException(`The body must be of at most ${MAX_BYTES} bytes.`);
  if (type === 'encoding.unsupported')
    return new UnsupportedMediaTypeException(`Content-Encoding must be gzip, deflate, br or none (got ${encoding}).`);
  if (code?.startsWith('Z_'))
    return new BadRequestException(`The body does not match its Content-Encoding: ${encoding}.`);
  return error;
}

function notAnObject(got: string): BadRequestException {
  return new BadRequestException(`The body must be a JSON object (got ${got}).`);
}
