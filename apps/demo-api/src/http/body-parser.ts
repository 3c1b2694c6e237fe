import { BadRequestException } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { json } from 'express';
import { shapeProblem } from './json-shape.js';

/** More than the largest body of any route. */
const MAX_BYTES = 16 * 1024;
const BOUNDS = { maxDepth: 8, maxValues: 100 };

/** The application accepts JSON alone, of a bounded size and shape, which is judged before anything parses it. */
export function parseBodies(app: NestExpressApplication): void {
  app.use(json({ limit: MAX_BYTES, verify: judge }));
}

function judge(_request: unknown, _response: unknown, body: Buffer): void {
  const problem = shapeProblem(body, BOUNDS);
  if (problem !== undefined) throw new BadRequestException(`The body must not be ${problem}.`);
}
