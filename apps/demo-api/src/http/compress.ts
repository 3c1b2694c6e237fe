import compression from 'compression';
import type { NextFunction, Request, Response } from 'express';

/**
 * Compresses what is answered to clients that accept it. For others `compression` would put four functions on each response,
 * which V8 keeps, with all that they see of it, until the old generation is collected.
 */
export function compress() {
  const compressed = compression();
  return (request: Request, response: Response, next: NextFunction): void => {
    if (request.headers['accept-encoding'] !== undefined) return void compressed(request, response, next);
    response.vary('Accept-Encoding');
    next();
  };
}
