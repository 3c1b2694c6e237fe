import { HttpException } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';

const METHOD_NOT_ALLOWED = 405;

type Route = Readonly<{ pattern: RegExp; allow: string }>;

/** Answers methods that a documented path does not have: 405 with those that it has, and `OPTIONS` with the same list. */
export function refuseOtherMethods(document: Pick<OpenAPIObject, 'paths'>) {
  const routes = routesOf(document);
  return (request: Request, response: Response, next: NextFunction): void => {
    const allow = routes.find(({ pattern }) => pattern.test(request.path))?.allow;
    if (allow === undefined || allow.split(', ').includes(request.method)) return next();
    response.setHeader('Allow', allow);
    if (request.method === 'OPTIONS') return void response.status(204).end();
    next(new HttpException(`${request.path} has no ${request.method}; it accepts ${allow}.`, METHOD_NOT_ALLOWED));
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
    }));
}

function allowOf(path: object): string {
  const methods = ['get', 'post', 'patch'].filter((method) => method in path).map((method) => method.toUpperCase());
  return (methods.includes('GET') ? [...methods, 'HEAD'] : methods).join(', ');
}
