import { StreamableFile } from '@nestjs/common';
import { createHash } from 'node:crypto';

import { allowedLifeMs, matchesEtag } from './freshness.js';
import { namesIn } from './exchange.js';
import type { HttpRequest, HttpResponse } from './exchange.js';

/** A response as it is kept. `json` is its body; `keptAt` epoch milliseconds. */
export type KeptResponse = Readonly<{
  kind: 'response';
  status: number;
  headers: Readonly<Record<string, string | number | string[]>>;
  etag: string;
  json: string;
  keptAt: number;
}>;

/** Stands in place of a response that varies by headers of the request: there is one for each set of their values. */
export type Varying = Readonly<{ kind: 'vary'; names: readonly string[] }>;

/** Set anew for each response, or by the server itself. */
const ownHeaders = new Set([
  'age',
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'vary',
]);

/**
 * What a handler's response is kept as.
 *
 * @param before the headers that were set when the handler began: those are set again for each request.
 * @returns `undefined` where it must not, or cannot, be kept.
 */
export function kept(
  body: unknown,
  response: HttpResponse,
  before: HttpResponse['headers'],
  { statuses, ttlMs, now }: { statuses: readonly number[]; ttlMs: number; now: number },
): { record: KeptResponse; lifeMs: number; vary: readonly string[] } | undefined {
  const vary = namesIn(response.header('vary'));
  const lifeMs = Math.min(ttlMs, allowedLifeMs(response.header('cache-control'), response.header('expires'), now));
  if (lifeMs === 0 || vary.includes('*') || !statuses.includes(response.status)) return undefined;
  if (response.header('set-cookie') !== '' || !isJson(body)) return undefined;
  const headers: Record<string, string | number | string[]> = {};
  for (const [name, value] of Object.entries(response.headers))
    if (value !== undefined && before[name] !== value && !ownHeaders.has(name.toLowerCase())) headers[name] = value;
  const json = JSON.stringify(body);
  const etag = response.header('etag') || etagOf(response.status, json);
  return { record: { kind: 'response', status: response.status, headers, etag, json, keptAt: now }, lifeMs, vary };
}

/** Whether a body goes out as JSON or text: what was parsed from its JSON goes out alike. */
function isJson(body: unknown): boolean {
  if (body === undefined || typeof body === 'bigint' || typeof body === 'function' || typeof body === 'symbol')
    return false;
  if (typeof body !== 'object' || body === null) return true;
  const isStream = ['pipe', 'getReader', 'arrayBuffer', 'next'].some(
    (name) => typeof (body as Readonly<Record<string, unknown>>)[name] === 'function',
  );
  const isOther = body instanceof StreamableFile || body instanceof Error || ArrayBuffer.isView(body);
  return !isStream && !isOther && !(Symbol.asyncIterator in body);
}

/** Weak: compression on the way may change the bytes. */
const etagOf = (status: number, json: string): string =>
  `W/"${createHash('sha1').update(`${status} ${json}`).digest('base64url')}"`;

/** Answers with what was kept. @returns the body, made when called. */
export function replay(record: KeptResponse, response: HttpResponse, now: number): () => unknown {
  response.status = record.status;
  for (const [name, value] of Object.entries(record.headers)) response.setHeader(name, value);
  response.setHeader('age', String(Math.max(0, Math.floor((now - record.keptAt) / 1000))));
  return () => JSON.parse(record.json) as unknown;
}

/** @returns the body; none with status 304, where the client has it already. */
export function withEtag<Body>(
  { etag }: KeptResponse,
  request: HttpRequest,
  response: HttpResponse,
  body: () => Body,
): Body | undefined {
  response.setHeader('etag', etag);
  if (response.status < 200 || response.status > 299) return body();
  if (!matchesEtag(String(request.headers['if-none-match'] ?? ''), etag)) return body();
  response.status = 304;
  return undefined;
}
