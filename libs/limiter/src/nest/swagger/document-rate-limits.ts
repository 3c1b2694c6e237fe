import type { INestApplicationContext } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ApiResponse } from '@nestjs/swagger';
import type { HeaderSet } from '../../headers/rate-limit-headers.js';
import { PROBLEM_CONTENT_TYPE } from '../../headers/problem.js';
import { NamedLimiters } from '../named-limiters.js';
import type { RateLimitEnforcer } from '../rate-limit.enforcer.js';
import { getEnforcerToken } from '../tokens.js';

/** Where `@ApiResponse` records what it is given. */
const API_RESPONSE = 'swagger/apiResponse';
const REFUSED = 429;

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
 * Documents the 429 of every route that `@RateLimit` or `defaultPolicies` limit: its policies, `Retry-After`, the rate limit
 * headers and the problem document. A route that documents its own 429 is left as it is.
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
    const controller = metatype as (object & { name: string; prototype: object }) | null;
    if (controller === null) continue;
    for (const key of scanner.getAllMethodNames(controller.prototype)) {
      const handler = (controller.prototype as Record<string, object & { name: string }>)[key]!;
      if (Reflect.hasMetadata(PATH_METADATA, handler)) document(controller, key, handler, enforcers);
    }
  }
}

function document(
  controller: object & { name: string; prototype: object },
  key: string,
  handler: object & { name: string },
  enforcers: readonly RateLimitEnforcer[],
): void {
  const documented = (Reflect.getMetadata(API_RESPONSE, handler) ?? {}) as Readonly<Record<string, unknown>>;
  const limits = enforcers
    .map((enforcer) => enforcer.limitsOf(controller, handler))
    .filter(({ names }) => names.length > 0);
  if (limits.length === 0 || String(REFUSED) in documented) return;
  const names = limits.flatMap((each) => each.names);
  const response = ApiResponse({
    status: REFUSED,
    description: `Refused by ${names.length === 1 ? 'the rate limit' : 'one of the rate limits'} ${names.join(', ')}.`,
    headers: {
      'Retry-After': count('Seconds after which the same call passes.'),
      ...(Object.assign({}, ...limits.flatMap(({ headers }) => headers.map((set) => HEADERS[set]))) as Record<
        string,
        Header
      >),
    },
    content: { [PROBLEM_CONTENT_TYPE]: { schema: PROBLEM_SCHEMA } },
  });
  response(controller.prototype, key, { value: handler });
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
