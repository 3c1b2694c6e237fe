import type { IncomingMessage } from 'node:http';
import { errors, type Connection, type Transport } from '@opensearch-project/opensearch';
import { textOf } from './answer-text.js';
import type { Ask, Question, Reply } from './ask.js';

/** Statuses of a node that cannot answer now. */
const DEAD: ReadonlySet<number> = new Set([502, 503, 504]);

/** Of the client's transport, what its types leave out. */
type OpenTransport = Transport & { readonly headers: Readonly<Record<string, string>> };
type Params = Parameters<Connection['request']>[0];

/**
 * Does what `request` of the client's transport does, over its connections, serializer and pool. That one gives each result a
 * getter of its own, for which V8 makes a shape of its own, in the old generation: whatever a request has brought is kept until
 * that is collected, which took a third of the time of a search.
 */
export function askDirectly(transport: Transport): Ask {
  return (question) => {
    const exchange = new Exchange(transport as OpenTransport, question);
    return { reply: exchange.reply(), abort: () => exchange.abort() };
  };
}

class Exchange {
  private request: { abort(): unknown } | undefined;
  private isAborted = false;

  constructor(
    private readonly transport: OpenTransport,
    private readonly question: Question,
  ) {}

  async reply(): Promise<Reply> {
    const { transport, question } = this;
    const params = paramsOf(transport, question);
    const connection = transport.getConnection({ requestId: question.choice as never });
    if (connection === null) throw new errors.NoLivingConnectionsError('no node is left to try', undefined as never);
    let response: IncomingMessage;
    let text: string;
    try {
      response = await this.answer(connection, params);
      text = await textOf(response);
    } catch (error) {
      this.failed(connection, error);
      throw error;
    }
    const body = this.bodyOf(response, text);
    return this.judged(connection, params, { body, statusCode: response.statusCode!, headers: response.headers });
  }

  abort(): void {
    this.isAborted = true;
    this.request?.abort();
  }

  private answer(connection: Connection, params: Params): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      this.request = connection.request(params, (error, response) => {
        if (error) reject(error);
        else resolve(response as unknown as IncomingMessage);
      });
    });
  }

  /** Of a type that is none of JSON it stays text. */
  private bodyOf({ headers, statusCode }: IncomingMessage, text: string): unknown {
    if (this.question.method === 'HEAD') return statusCode! < 400 ? true : statusCode !== 404 && text;
    const type = headers['content-type'];
    const isJson = type?.includes('application/json') || type?.includes('application/vnd.opensearch+json');
    return isJson && text !== '' ? this.transport.serializer.deserialize(text) : text;
  }

  private judged(connection: Connection, params: Params, reply: Reply & { statusCode: number }): Reply {
    const { connectionPool } = this.transport;
    const { statusCode } = reply;
    if (DEAD.has(statusCode)) connectionPool.markDead(connection);
    else connectionPool.markAlive(connection);
    if (statusCode < 400 || (statusCode === 404 && this.question.method === 'HEAD')) return reply;
    const meta = {
      request: { params, options: {}, id: this.question.choice },
      connection,
      attempts: 0,
      aborted: false,
    };
    throw new errors.ResponseError({ ...reply, warnings: null, meta } as never);
  }

  private failed(connection: Connection, error: unknown): void {
    const { transport } = this;
    const isLost = error instanceof errors.ConnectionError || error instanceof errors.TimeoutError;
    if (this.isAborted || !isLost) return;
    transport.connectionPool.markDead(connection);
    if (transport.sniffOnConnectionFault) transport.sniff({ reason: 'sniff-on-connection-fault' });
  }
}

function paramsOf({ headers: own, serializer, opaqueIdPrefix }: OpenTransport, question: Question): Params {
  const { method, path, query, lines, timeoutMs, opaqueId } = question;
  const body = lines ?? (question.body && serializer.serialize(question.body));
  const headers: Record<string, string> = { ...own };
  if (opaqueId !== undefined) headers['x-opaque-id'] = `${opaqueIdPrefix ?? ''}${opaqueId}`;
  if (body !== undefined && body !== '') {
    headers['content-type'] ??= lines === undefined ? 'application/json' : 'application/x-ndjson';
    headers['content-length'] = String(Buffer.byteLength(body));
  }
  const querystring = query === undefined ? '' : serializer.qserialize({ ...query });
  return { method, path, querystring, headers, timeout: timeoutMs, ...(body === undefined ? {} : { body }) };
}
