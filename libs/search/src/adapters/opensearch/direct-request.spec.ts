import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { Client } from '@opensearch-project/opensearch';
import { askOver, type Ask, type Question } from './ask.js';
import { choosingTransport, NodeChoice } from './node-choice.js';
import { ExactSerializer } from './serializer.js';

type Sent = Readonly<{ method: string; url: string; headers: Readonly<Record<string, unknown>>; body: string }>;
type Answer = Readonly<{
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  cut?: true;
}>;

const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' };
const ANSWERS: Readonly<Record<string, Answer>> = {
  'a document': { status: 200, headers: JSON_TYPE, body: '{"é":9007199254740993}' },
  'the same compressed': {
    status: 200,
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
    body: gzipSync('{"é":1}'),
  },
  'what is no gzip': { status: 200, headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: 'plain' },
  'another type of JSON': { status: 200, headers: { 'content-type': 'application/vnd.opensearch+json' }, body: '[1]' },
  'a page': { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
  'no type': { status: 200, body: '{}' },
  'broken JSON': { status: 200, headers: JSON_TYPE, body: '{"hits":' },
  nothing: { status: 200, headers: JSON_TYPE, body: '' },
  'no content': { status: 204 },
  'a part': { status: 200, headers: { ...JSON_TYPE, 'content-length': '100' }, body: '{"hits":', cut: true },
  'no answer': { status: 0, cut: true },
  ...Object.fromEntries(
    [302, 400, 404, 409, 429, 500, 502, 503, 504].map((status) => [
      String(status),
      { status, headers: { ...JSON_TYPE, 'retry-after': '1' }, body: '{"error":{"type":"t","root_cause":[]}}' },
    ]),
  ),
};
const QUESTIONS: Readonly<Record<string, Partial<Question>>> = {
  'GET without a body': { method: 'GET' },
  HEAD: { method: 'HEAD' },
  'POST of a body': { method: 'POST', query: { a: true, 'b c': 'ü&', n: 1 }, body: { '€': 1n } },
  'POST of lines': { method: 'POST', lines: Buffer.from('{"a":1}\n{"b":2}\n') },
  'a traced DELETE': { method: 'DELETE', body: {}, opaqueId: 'trace' },
};
const CELLS = Object.keys(ANSWERS).flatMap((answer) => Object.keys(QUESTIONS).map((asked) => [asked, answer] as const));

describe('a request without the way of the client', () => {
  let server: Server;
  let sent: Sent[] = [];
  let answer: Answer = { status: 200 };
  let node: string;
  const clients: Client[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      void buffer(request).then((bytes) => {
        const { method = '', url = '', headers } = request;
        sent.push({ method, url, headers, body: bytes.toString() });
        if (answer.status === 0) return request.socket.destroy();
        response.writeHead(answer.status, answer.headers);
        if (answer.cut) return void response.write(answer.body, () => request.socket.destroy());
        response.end(answer.body);
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    node = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));
  afterAll(() => server.close());

  /** @param plain `memoryCircuitBreaker` leads by way of the client, and changes nothing else. */
  const asking = (plain: boolean): { ask: Ask; dead: () => number } => {
    const options = plain ? {} : { memoryCircuitBreaker: { enabled: false, maxPercentage: 1 } };
    const client = new Client({
      node,
      opaqueIdPrefix: 'app-',
      headers: { 'X-Own': '1' },
      Serializer: ExactSerializer,
      Transport: choosingTransport(options),
      ...options,
    });
    clients.push(client);
    const { connectionPool } = client as unknown as { connectionPool: { dead: readonly unknown[] } };
    return { ask: askOver(client.transport, options), dead: () => connectionPool.dead.length };
  };
  const outcomeOf = async (plain: boolean, question: Partial<Question>) => {
    sent = [];
    const { ask, dead } = asking(plain);
    const whole = { path: '/i/_doc', query: undefined, body: undefined, lines: undefined, opaqueId: undefined };
    const asked: Question = { ...whole, method: 'GET', timeoutMs: 5_000, choice: new NodeChoice(), ...question };
    const outcome = await ask(asked).reply.then(
      ({ body, statusCode, headers }) => ({ body, statusCode, type: { ...headers } }),
      (error: Error & { statusCode?: number; body?: unknown }) => ({
        error: error.constructor.name,
        status: error.statusCode,
        body: error.body,
        ...(error.constructor.name === 'ConnectionError' ? {} : { message: error.message }),
      }),
    );
    return { outcome: withoutDate(outcome), sent, dead: dead() };
  };

  it.each(CELLS)('%s, answered by %s, ends as by the client', async (asked, answered) => {
    answer = ANSWERS[answered]!;
    expect(await outcomeOf(true, QUESTIONS[asked]!)).toEqual(await outcomeOf(false, QUESTIONS[asked]!));
  });

  it.each([true, false])('ends when it is aborted, and leaves its node alive (%p)', async (plain) => {
    answer = { status: 200, headers: { 'content-length': '9' }, body: '' };
    const { ask, dead } = asking(plain);
    const { reply, abort } = ask({
      method: 'GET',
      path: '/',
      query: undefined,
      body: undefined,
      lines: undefined,
      opaqueId: undefined,
      timeoutMs: 5_000,
      choice: new NodeChoice(),
    });
    abort();
    await expect(Promise.resolve(reply)).rejects.toThrow('Request aborted');
    expect(dead()).toBe(0);
  });
});

function withoutDate<T extends object>(outcome: T): T {
  if ('type' in outcome) delete (outcome.type as { date?: string }).date;
  return outcome;
}
