import type { IncomingHttpHeaders } from 'node:http';
import { clientAddress } from './client-address.js';

/** What the requests of Express, Fastify and Node share; a socket of Socket.IO has it under another name. */
export interface HttpRequest {
  readonly headers?: IncomingHttpHeaders;
  readonly socket?: { readonly remoteAddress?: string } | null;
}

/** Express names it `setHeader`, Fastify `header`. */
export interface HttpResponse {
  setHeader?(name: string, value: string): unknown;
  header?(name: string, value: string): unknown;
  readonly headersSent?: boolean;
}

export function addressOf(request: HttpRequest | undefined, trustedProxies: number): string | undefined {
  const forwardedFor = [request?.headers?.['x-forwarded-for'] ?? []].flat().join(',');
  return clientAddress(request?.socket?.remoteAddress, forwardedFor || undefined, trustedProxies);
}

/** After the headers have left there is nothing to add to, and no reason to fail. */
export function setHeader(response: HttpResponse, name: string, value: string): void {
  if (response.headersSent === true) return;
  if (response.setHeader !== undefined) response.setHeader(name, value);
  else response.header?.(name, value);
}
