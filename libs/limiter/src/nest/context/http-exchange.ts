import type { IncomingHttpHeaders } from 'node:http';
import { PROBLEM_CONTENT_TYPE } from '../../headers/problem.js';

/** What the requests of Express, Fastify and Node share; a socket of Socket.IO has it under another name. */
export interface HttpRequest {
  readonly headers?: IncomingHttpHeaders;
  readonly socket?: { readonly remoteAddress?: string } | null;
  /** Of Express and of Fastify: the client, as far as the framework is set to trust proxies. */
  readonly ip?: string | undefined;
  /** Of Fastify, where it trusts proxies. */
  readonly ips?: readonly string[];
  /** Of Express. */
  readonly app?: { get?(setting: string): unknown };
}

/** Express names it `setHeader`, Fastify `header`. */
export interface HttpResponse {
  setHeader?(name: string, value: string): unknown;
  header?(name: string, value: string): unknown;
  /** Express alone. */
  json?: (body: unknown) => unknown;
  end?(body: string): unknown;
  readonly headersSent?: boolean;
}

/** After the headers have left there is nothing to add to, and no reason to fail. */
export function setHeader(response: HttpResponse, name: string, value: string): void {
  if (response.headersSent === true) return;
  if (response.setHeader !== undefined) response.setHeader(name, value);
  else response.header?.(name, value);
}

/**
 * The next JSON that the response sends is a problem document. Over Express the header is set as late as that: Nest 11 replaces
 * one that it finds by `application/json`, and logs a warning for each such answer.
 */
export function sendAsProblem(response: HttpResponse): void {
  const { json } = response;
  if (json === undefined) return setHeader(response, 'Content-Type', PROBLEM_CONTENT_TYPE);
  // Where nobody listens in on it, it leaves at once: an ETag for a refusal would cost as much as all the rest.
  const plain = !Object.hasOwn(response, 'json') && !Object.hasOwn(response, 'send');
  response.json = (body) => {
    response.json = json;
    if (plain && response.headersSent !== true) return endAsProblem(response, body);
    setHeader(response, 'Content-Type', PROBLEM_CONTENT_TYPE);
    return json.call(response, body);
  };
}

function endAsProblem(response: HttpResponse, body: unknown): unknown {
  const text = JSON.stringify(body);
  response.setHeader!('Content-Type', `${PROBLEM_CONTENT_TYPE}; charset=utf-8`);
  response.setHeader!('Content-Length', String(Buffer.byteLength(text)));
  response.end!(text);
  return response;
}
