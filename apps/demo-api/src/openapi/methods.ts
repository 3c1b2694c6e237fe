import { BadRequestException, HttpException } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';

const METHOD_NOT_ALLOWED = 405;

type Route = Readonly<{ pattern: RegExp; allow: readonly string[]; withBody: readonly string[] }>;

const METHODS = ['get', 'post', 'patch', 'delete'] as const;
/** Whose bodies mean something: one that is not read would be dropped in silence. */
const EDITS = ['POST', 'PATCH', 'DELETE'];

/**
 * Answers methods that a documented path does not have: 405 with those that it has, and `OPTIONS` with the same list; and 400
 * to an edit with a body that it does not read.
 */
export function refuseOtherMethods(document: Pick<OpenAPIObject, 'paths'>) {
  const routes = routesOf(document);
  return (request: Request, response: Response, next: NextFunction): void => {
    const route = routes.find(({ pattern }) => pattern.test(request.path));
    if (route === undefined) return next();
    const { method, path } = request;
    const { allow, withBody } = route;
    if (allow.includes(method)) {
      const isUnread = EDITS.includes(method) && !withBody.includes(method) && hasBody(request);
      return isUnread ? next(new BadRequestException(`${method} ${path} accepts no body.`)) : next();
    }
    response.setHeader('Allow', allow.join(', '));
    if (method === 'OPTIONS') return void response.status(204).end();
    next(new HttpException(`${path} has no ${method}; it accepts ${allow.join(', ')}.`, METHOD_NOT_ALLOWED));
  };
}

/** A path without a parameter goes before those that would match it. */
function routesOf({ paths }: Pick<OpenAPIObject, 'paths'>): Route[] {
  const isFixed = (path: string) => !path.includes('{');
  return Object.keys(paths)
    .sort((a, b) => Number(isFixed(b)) - Number(isFixed(a)))
    .map((path) => ({
      pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`, 'i'),
      allow: allowOf(paths[path]!),
      withBody: METHODS.filter((method) => paths[path]![method]?.requestBody !== undefined).map((method) =>
        method.toUpperCase(),
      ),
    }));
}

function allowOf(path: object): readonly string[] {
  const methods = METHODS.filter((method) => method in path).map((method) => method.toUpperCase());
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods;
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
