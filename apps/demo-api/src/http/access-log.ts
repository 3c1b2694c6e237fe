import type { NextFunction, Request, Response } from 'express';
import type { Output } from '../data/progress.js';

/** One JSON line for each answer: the request, how it ended, how long it took, and in which trace. */
export function accessLog(output: Output, traceId: () => string | undefined = () => undefined) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    const trace = traceId();
    response.once('close', () => {
      const line = {
        time: new Date().toISOString(),
        id: request.headers['x-request-id'],
        ...(trace === undefined ? {} : { trace }),
        client: request.ip,
        method: request.method,
        url: request.originalUrl.slice(0, 500),
        status: response.statusCode,
        // A client that went away, or a stream that broke, got less than it requested.
        complete: response.writableFinished,
        ms: Math.round((performance.now() - startedAt) * 10) / 10,
      };
      output.write(`${JSON.stringify(line)}\n`);
    });
    next();
  };
}
