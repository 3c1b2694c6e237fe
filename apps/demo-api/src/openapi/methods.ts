import { BadRequestException, HttpException } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import { InvalidRequestException } from '../problem/invalid-request.exception.js';
import { unknownName } from '../problem/unknown-names.js';

const METHOD_NOT_ALLOWED = 405;

type Path = OpenAPIObject['paths'][string];
type Operation = NonNullable<Path['get']>;

type Route = Readonly<{
  pattern: RegExp;
  allow: readonly string[];
  withBody: readonly string[];
  withQuery: readonly string[];
}>;

const METHODS = ['get', 'post', 'patch', 'delete'] as const;
const MAX_COMPLAINTS = 10;

/**
 * Answers methods that a documented path does not have: 405 with those that it has, and `OPTIONS` with the same list; and 400
 * to a body or a query that it does not read, which would be dropped in silence.
 */
export function refuseOtherMethods(document: Pick<OpenAPIObject, 'paths'>) {
  const routes = routesOf(document);
  return (request: Request, response: Response, next: NextFunction): void => {
    const route = routes.find(({ pattern }) => pattern.test(request.path));
    if (route === undefined) return next();
    const { method, path } = request;
    const { allow, withBody, withQuery } = route;
    if (allow.includes(method)) {
      if (!withBody.includes(method) && hasBody(request))
        return next(new BadRequestException(`${method} ${path} accepts no body.`));
      const unread = withQuery.includes(method === 'HEAD' ? 'GET' : method) ? [] : namesOf(request.url);
      return unread.length === 0
        ? next()
        : next(new InvalidRequestException(unread.map((name) => unknownName(name, []))));
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
      withBody: methodsThat(paths[path]!, ({ requestBody }) => requestBody !== undefined),
      withQuery: methodsThat(paths[path]!, ({ parameters = [] }) =>
        parameters.some((parameter) => 'in' in parameter && parameter.in === 'query'),
      ),
    }));
}

function methodsThat(path: Path, is: (operation: Operation) => boolean): readonly string[] {
  return METHODS.filter((method) => path[method] !== undefined && is(path[method])).map((method) =>
    method.toUpperCase(),
  );
}

function namesOf(url: string): readonly string[] {
  const at = url.indexOf('?');
  return at === -1 ? [] : [...new Set(new URLSearchParams(url.slice(at)).keys())].slice(0, MAX_COMPLAINTS);
}

function allowOf(path: object): readonly string[] {
  const methods = METHODS.filter((method) => method in path).map((method) => method.toUpperCase());
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods;
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
