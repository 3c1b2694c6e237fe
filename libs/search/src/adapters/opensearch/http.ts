import { Client } from '@opensearch-project/opensearch';
import type { CallOptions } from '../../contracts/engine.js';
import { type RequestDiagnostics } from '../../contracts/diagnostics.js';
import { requestChannel } from '../../support/channels.js';
import { SearchEngineUnavailableError } from '../../errors/engine.errors.js';
import { toSearchError } from './error-mapping.js';
import type { ResolvedOpenSearchOptions } from './options.js';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Segments of the path; each is escaped. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: object;
  /** Newline-delimited JSON, sent as it is. */
  readonly lines?: string | Buffer;
}

/** Requests with a deadline, over the official client; whatever fails is one of our errors. */
export class OpenSearchHttp {
  private readonly client: Client;
  private readonly closing = new AbortController();

  constructor(
    private readonly engine: string,
    options: ResolvedOpenSearchOptions,
  ) {
    // Retries belong to the caller, who knows what is safe to send twice and how long it may take.
    this.client = new Client({ ...options.client, maxRetries: 0 });
  }

  async send<Body>(
    request: HttpRequest,
    { timeoutMs, signal }: CallOptions & { readonly timeoutMs: number },
  ): Promise<Body> {
    const call = `${request.method} /${request.path.join('/')}`;
    if (signal?.aborted) throw toSearchError(signal.reason, this.engine, call, signal);
    if (this.closing.signal.aborted) throw this.closed(call);
    // A deadline of our own: the client's ends silence on the socket, not an answer that trickles in.
    const deadline = AbortSignal.timeout(timeoutMs);
    const response = this.client.transport.request(
      {
        method: request.method,
        path: `/${request.path.map(encodeURIComponent).join('/')}`,
        ...(request.query ? { querystring: request.query } : {}),
        ...(request.lines === undefined
          ? request.body
            ? { body: request.body }
            : {}
          : { bulkBody: request.lines as string }),
      },
      { requestTimeout: timeoutMs, maxRetries: 0 },
    );
    // No value may be returned here: Node throws the rejection of a thenable that an event listener returns.
    const abort = (): void => {
      response.abort();
    };
    const began = performance.now();
    const ended = (outcome: string): void => {
      if (requestChannel.hasSubscribers)
        requestChannel.publish(this.diagnosticsOf(request, performance.now() - began, outcome));
    };
    const signals = [deadline, this.closing.signal, ...(signal ? [signal] : [])];
    for (const one of signals) one.addEventListener('abort', abort, { once: true });
    try {
      const body = (await response).body as Body;
      ended('ok');
      return body;
    } catch (error) {
      const failure =
        this.closing.signal.aborted && !signal?.aborted
          ? this.closed(call, error)
          : toSearchError(error, this.engine, call, signal, deadline.aborted ? timeoutMs : undefined);
      ended(failure.code);
      throw failure;
    } finally {
      for (const one of signals) one.removeEventListener('abort', abort);
    }
  }

  /** Ends requests under way: the client's own close would wait for them, a hanging node's up to their deadline. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.client.close();
  }

  private diagnosticsOf({ method, path }: HttpRequest, tookMs: number, outcome: string): RequestDiagnostics {
    const operation = path.slice(
      Math.max(
        0,
        path.findIndex((segment) => segment.startsWith('_')),
      ),
    );
    return {
      engine: this.engine,
      method,
      path: `/${path.join('/')}`,
      operation: operation[0]?.startsWith('_') ? operation[0] : '',
      tookMs,
      outcome,
    };
  }

  private closed(call: string, cause?: unknown): SearchEngineUnavailableError {
    return new SearchEngineUnavailableError(this.engine, 'connection', `no answer to ${call}: the engine was closed`, {
      cause,
    });
  }
}
