import type { IncomingHttpHeaders } from 'node:http';
import { clientAddress } from './client-address.js';
import type { ContextReader } from './context-reader.js';

/** What Express and Fastify requests share. */
interface HttpRequest {
  readonly headers: IncomingHttpHeaders;
  readonly socket?: { readonly remoteAddress?: string };
}

/** Express names it `setHeader`, Fastify `header`. */
interface HttpResponse {
  setHeader?(name: string, value: string): unknown;
  header(name: string, value: string): unknown;
}

export const httpReader: ContextReader = (context, { trustedProxies }) => {
  const http = context.switchToHttp();
  const request = http.getRequest<HttpRequest>();
  const response = http.getResponse<HttpResponse>();
  return {
    request,
    identity: request,
    address: () => clientAddress(request.socket?.remoteAddress, [request.headers['x-forwarded-for']].flat().join(',') || undefined, trustedProxies),
    setHeader: (name, value) => {
      if (response.setHeader !== undefined) response.setHeader(name, value);
      else response.header(name, value);
    },
  };
};
