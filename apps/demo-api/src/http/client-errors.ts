import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** What Node.js cannot read as a request, by the code of its error. Anything else is 400. */
const REFUSALS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers of a request must be of at most 16 kB in all.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The extensions of the chunks are too large: send none.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not come in whole within its time.'],
};
const NO_REQUEST = [400, 'That is no HTTP request with a known method and one length.'] as const;
const EXPECTATION_FAILED = 417;

/** Answers what never reaches a route as all else: by a problem document. */
export function answerClientErrors(server: Server): void {
  server.on(
    'clientError',
    (error: NodeJS.ErrnoException, socket: Socket & { _httpMessage?: ServerResponse | null }) => {
      // In the middle of an answer there is no place for another one.
      if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage?.headersSent) return socket.destroy();
      const [status, detail] = REFUSALS[error.code ?? ''] ?? NO_REQUEST;
      const [head, body] = problem(status, detail);
      const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, 'Connection: close'];
      for (const [name, value] of Object.entries(head)) lines.push(`${name}: ${value}`);
      socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
    },
  );
  server.on('checkExpectation', ({ headers }: IncomingMessage, response: ServerResponse) => {
    const [head, body] = problem(EXPECTATION_FAILED, `Expect must be 100-continue, or absent (got ${headers.expect}).`);
    response.writeHead(EXPECTATION_FAILED, head).end(body);
  });
}

function problem(status: number, detail: string): [Record<string, string>, string] {
  const body = JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail });
  return [{ 'Content-Type': 'application/problem+json', 'Content-Length': String(Buffer.byteLength(body)) }, body];
}
