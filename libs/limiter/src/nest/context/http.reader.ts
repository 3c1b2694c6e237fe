import type { ServerResponse } from 'node:http';
import type { ContextReader } from './context-reader.js';
import { sendAsProblem, setHeader, type HttpRequest, type HttpResponse } from './http-exchange.js';

const FIRST_FAILURE = 400;

/** Express and Fastify, the latter with Node's own response under `raw`. */
export const httpReader: ContextReader = (context, { addresses }) => {
  const http = context.switchToHttp();
  const request = http.getRequest<HttpRequest>();
  const response = http.getResponse<HttpResponse & { readonly raw?: ServerResponse }>();
  return {
    request,
    identity: request,
    address: () => addresses.of(request),
    setHeader: (name, value) => setHeader(response, name, value),
    onEnd: (ended) => {
      const raw = response.raw ?? (response as unknown as ServerResponse);
      // A caller who hangs up before the answer could else try for ever.
      raw.once('close', () => ended(!raw.writableFinished || raw.statusCode >= FIRST_FAILURE));
    },
    refusal: (exception) => {
      sendAsProblem(response);
      return exception;
    },
  };
};
