import type { OpenAPIObject } from '@nestjs/swagger';
import { problemResponse } from '../problem/problems.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Headers = Record<string, object>;
type Response = { description: string; headers?: Headers; content?: Record<string, object> };
type Schema = { additionalProperties?: boolean; minProperties?: number };

const METHODS = ['get', 'post', 'patch', 'delete'] as const;
const JSON_TYPE = 'application/json';
/** Types of answers that are written at once. */
const WHOLE = [JSON_TYPE, 'text/plain'];

const REQUEST_ID: Headers = {
  'X-Request-Id': {
    description:
      'The id of the request in logs: the one it came with, where it is of 1 to 64 letters, digits, `_`, `-` and `.`.',
    required: true,
    schema: { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,64}$' },
  },
};
const ETAG: Headers = {
  ETag: {
    description: 'Sent back as `If-None-Match` by GET, it spares an answer that is the same.',
    required: true,
    schema: { type: 'string' },
  },
};

/** Adds what holds for every operation of its kind, whichever module it is of. */
export function complete(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (operation === undefined) continue;
      const responses = operation.responses as Record<string, Response>;
      // An unknown parameter, or a wrong body.
      responses['400'] ??= problemResponse(400);
      addEtag(responses, method === 'get');
      if (operation.requestBody !== undefined) {
        Object.assign(responses, { 413: problemResponse(413), 415: problemResponse(415) });
        closeBody(document, operation);
      }
      addLimitHeaders(responses);
      for (const response of Object.values(responses)) response.headers = { ...REQUEST_ID, ...response.headers };
    }
  }
  return document;
}

/** Express makes one of each answer that is written at once; streams have none. */
function addEtag(responses: Record<string, Response>, isConditional: boolean): void {
  const right = responses['200'];
  if (right === undefined || !Object.keys(right.content ?? {}).some((type) => WHOLE.includes(type))) return;
  right.headers = { ...ETAG, ...right.headers };
  if (isConditional)
    responses['304'] = {
      description: 'As it was when it had the ETag of `If-None-Match`.',
      headers: right.headers,
    };
}

/** A refusal that comes after the guard shows what is left as well. */
function addLimitHeaders(responses: Record<string, Response>): void {
  const all = Object.entries(responses['429']?.headers ?? {});
  const headers = Object.fromEntries(all.filter(([name]) => name !== 'Retry-After'));
  for (const response of Object.values(responses)) response.headers = { ...headers, ...response.headers };
}

/** The validation refuses unknown members, and an empty body. */
function closeBody({ components }: OpenAPIObject, { requestBody }: Operation): void {
  const { content } = requestBody as { content: Record<string, { schema: { $ref?: string } }> };
  const name = content[JSON_TYPE]?.schema.$ref?.split('/').at(-1);
  const schema = name === undefined ? undefined : (components?.schemas?.[name] as Schema | undefined);
  if (schema !== undefined) Object.assign(schema, { additionalProperties: false, minProperties: 1 });
}
