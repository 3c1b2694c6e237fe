import type { ClientOptions, Transport } from '@opensearch-project/opensearch';
import { askDirectly } from './direct-request.js';
import type { NodeChoice } from './node-choice.js';

/** A request as it goes to a node. */
export interface Question {
  readonly method: string;
  /** Escaped. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly body: object | undefined;
  /** Newline-delimited JSON, in place of `body`. */
  readonly lines: string | Buffer | undefined;
  readonly timeoutMs: number;
  readonly opaqueId: string | undefined;
  readonly choice: NodeChoice;
}

export interface Reply {
  readonly body: unknown;
  readonly statusCode: number | null;
  readonly headers: object | null;
}

/** A request under way. Its reply is rejected with an error of the client. */
export interface Asked {
  readonly reply: PromiseLike<Reply>;
  readonly abort: () => void;
}

export type Ask = (question: Question) => Asked;

/** How requests are sent over a client of these options. */
export function askOver(transport: Transport, options: ClientOptions): Ask {
  return isPlain(options) ? askDirectly(transport) : askByClient(transport);
}

/** What else a transport may do is left to the client's own, or to the one that the application brings. */
function isPlain({ Transport, compression, memoryCircuitBreaker, auth, context }: ClientOptions): boolean {
  const signed = auth !== undefined && 'credentials' in auth;
  const versioned = process.env['OPENSEARCH_CLIENT_APIVERSIONING'] === 'true';
  return !Transport && !compression && !memoryCircuitBreaker && !context && !signed && !versioned;
}

function askByClient(transport: Transport): Ask {
  return ({ method, path, query, body, lines, timeoutMs, opaqueId, choice }) => {
    const reply = transport.request(
      {
        method,
        path,
        ...(query ? { querystring: { ...query } } : {}),
        ...(lines === undefined ? (body ? { body } : {}) : { bulkBody: lines as string }),
      },
      { requestTimeout: timeoutMs, maxRetries: 0, id: choice, ...(opaqueId === undefined ? {} : { opaqueId }) },
    );
    // No value may be returned here: Node throws the rejection of a thenable that an event listener returns.
    return { reply, abort: () => void reply.abort() };
  };
}
