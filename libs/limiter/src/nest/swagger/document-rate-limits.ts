import { RequestMethod, type INestApplicationContext } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ApiResponse } from '@nestjs/swagger';
import type { HeaderSet } from '../../headers/rate-limit-headers.js';
import { PROBLEM_CONTENT_TYPE } from '../../headers/problem.js';
import { pick } from '../../support/pick.js';
import { NamedLimiters } from '../named-limiters.js';
import type { RateLimitEnforcer } from '../rate-limit.enforcer.js';
import { getEnforcerToken } from '../tokens.js';

/** Where `@ApiResponse` records what it is given. */
const API_RESPONSE = 'swagger/apiResponse';
/** Where its plugin leaves what it found. */
const PLUGIN_FACTORY = '_OPENAPI_METADATA_FACTORY';
const REFUSED = 429;
const PASSED = /^[23]/;

type Header = Readonly<{ description: string; schema: { type: 'string' | 'integer' } }>;

const HEADERS: Readonly<Record<HeaderSet, Readonly<Record<string, Header>>>> = {
  ietf: {
    'RateLimit-Policy': text('The limits that hold: how many (q), in how many seconds (w).'),
    RateLimit: text('What is left of each limit (r), and the seconds until the next (t).'),
  },
  'x-ratelimit': {
    'X-RateLimit-Limit': count('How many calls the tightest limit grants.'),
    'X-RateLimit-Remaining': count('How many of them are left.'),
    'X-RateLimit-Reset': count('Seconds until all of them are back.'),
  },
  'x-ratelimit-window': { 'X-RateLimit-Window': count('The window of the tightest limit, in milliseconds.') },
};

/**
 * Documents every route that `@RateLimit` or `defaultPolicies` limit: the rate limit headers of its answers, and the 429 with its
 * policies, `Retry-After` and the problem document. What a route documents of its own, a 429 or such a header, is left as it is.
 *
 * @example
 * documentRateLimits(app);
 * const document = SwaggerModule.createDocument(app, config);
 */
export function documentRateLimits(app: INestApplicationContext): void {
  const enforcers = app
    .get(NamedLimiters, { strict: false })
    .names.map((name) => app.get<RateLimitEnforcer>(getEnforcerToken(name), { strict: false }));
  const scanner = app.get(MetadataScanner, { strict: false });
  for (const { metatype } of app.get(DiscoveryService, { strict: false }).getControllers()) {
    const controller = metatype as Controller | null;
    if (controller === null) continue;
    for (const key of scanner.getAllMethodNames(controller.prototype)) {
      const handler = (controller.prototype as Record<string, Method>)[key]!;
      if (Reflect.hasMetadata(PATH_METADATA, handler)) document(controller, key, handler, enforcers);
    }
  }
}

type Controller = object & { name: string; prototype: object };
type Method = object & { name: string };
type Documented = Readonly<Record<string, { readonly headers?: Readonly<Record<string, unknown>> }>>;

function document(controller: Controller, key: string, handler: Method, enforcers: readonly RateLimitEnforcer[]): void {
  const limits = enforcers
    .map((enforcer) => enforcer.limitsOf(controller, handler))
    .filter(({ names }) => names.length > 0);
  if (limits.length === 0) return;
  const headers = Object.assign({}, ...limits.flatMap((each) => each.headers.map((set) => HEADERS[set]))) as Record<
    string,
    Header
  >;
  const own = responsesOf(controller, key, handler);
  const passed = Object.entries(own)
    .filter(([status]) => PASSED.test(status))
    .map(([status, response]) => [status, { ...response, headers: { ...headers, ...response.headers } }] as const);
  const names = limits.flatMap((each) => each.names);
  const refused = {
    description: `Refused by ${names.length === 1 ? 'the rate limit' : 'one of the rate limits'} ${names.join(', ')}.`,
    headers: { 'Retry-After': count('Seconds after which the same call passes.'), ...headers },
    content: { [PROBLEM_CONTENT_TYPE]: { schema: PROBLEM_SCHEMA } },
  };
  Reflect.defineMetadata(API_RESPONSE, { [REFUSED]: refused, ...own, ...Object.fromEntries(passed) }, handler);
}

/** What is documented of a method; where that is no answer that passes, what its class or else `@nestjs/swagger` would add. */
function responsesOf(controller: Controller, key: string, handler: Method): Documented {
  const own = documentedOf(handler);
  const passing = (responses: Documented) => Object.entries(responses).filter(([status]) => PASSED.test(status));
  if (passing(own).length > 0) return own;
  const ofClass = passing(documentedOf(controller));
  if (ofClass.length > 0) return { ...own, ...Object.fromEntries(ofClass) };
  // What its plugin found in the types: it adds that only where nothing is documented.
  const found = Object.keys(own).length === 0 ? pluginMetadataOf(controller, key) : {};
  ApiResponse({ status: statusOf(handler), ...found })(controller.prototype, key, { value: handler });
  return documentedOf(handler);
}

function documentedOf(target: object): Documented {
  return (Reflect.getMetadata(API_RESPONSE, target) ?? {}) as Documented;
}

function pluginMetadataOf(controller: Controller, key: string): object {
  const factory = (controller as unknown as Record<string, (() => Record<string, object>) | undefined>)[PLUGIN_FACTORY];
  return pick(factory?.()[key] ?? {}, ['status', 'type', 'isArray', 'description']);
}

function statusOf(handler: Method): number {
  const status = Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined;
  return status ?? (Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.POST ? 201 : 200);
}

/** RFC 9457. */
const PROBLEM_SCHEMA = {
  type: 'object' as const,
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' as const, format: 'uri' },
    title: { type: 'string' as const },
    status: { type: 'integer' as const, example: REFUSED },
    detail: { type: 'string' as const },
    'violated-policies': { type: 'array' as const, items: { type: 'string' as const } },
  },
};

function text(description: string): Header {
  return { description, schema: { type: 'string' } };
}

function count(description: string): Header {
  return { description, schema: { type: 'integer' } };
}
