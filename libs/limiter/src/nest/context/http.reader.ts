import type { ExecutionContext } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import type { RateLimitException } from '../rate-limit.exceptions.js';
import type { ClientAddresses } from './client-addresses.js';
import type { ContextReader, IncomingCall } from './context-reader.js';
import { sendAsProblem, setHeader, type HttpRequest, type HttpResponse } from './http-exchange.js';

const FIRST_FAILURE = 400;

/** Node's own response is under `raw` in Fastify. */
type AnyResponse = HttpResponse & { readonly raw?: ServerResponse };

/** Express and Fastify. */
export const httpReader: ContextReader = (context, { addresses }) => new HttpCall(context, addresses);

/** A class, since an object with functions of its own for each request would cost more than the decision. */
class HttpCall implements IncomingCall {
  readonly request: HttpRequest;
  readonly #response: AnyResponse;

  constructor(
    context: ExecutionContext,
    private readonly addresses: ClientAddresses,
  ) {
    this.request = context.getArgByIndex<HttpRequest>(0);
    this.#response = context.getArgByIndex<AnyResponse>(1);
  }

  get identity(): object {
    return this.request;
  }

  address(): string | undefined {
    return this.addresses.of(this.request);
  }

  setHeader(name: string, value: string): void {
    setHeader(this.#response, name, value);
  }

  onEnd(ended: (failed: boolean) => void): void {
    const raw = this.#response.raw ?? (this.#response as unknown as ServerResponse);
    // A caller who hangs up before the answer could else try for ever.
    raw.once('close', () => ended(!raw.writableFinished || raw.statusCode >= FIRST_FAILURE));
  }

  refusal(exception: RateLimitException): Error {
    sendAsProblem(this.#response);
    return exception;
  }
}
