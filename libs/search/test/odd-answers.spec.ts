import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SearchEngineError, type SearchEngine } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';

const SEARCH = { index: 'i', body: {} };
const SCRIPT = { source: 'x' };

/** Every call of an engine, but `close`. */
const CALLS: Readonly<
  Record<Exclude<keyof SearchEngine, 'name' | 'opaqueId' | 'close'>, (engine: SearchEngine) => Promise<unknown>>
> = {
  ping: (engine) => engine.ping(),
  createIndex: (engine) => engine.createIndex('i', { settings: {}, mappings: { dynamic: true, properties: {} } }),
  readIndices: (engine) => engine.readIndices('i'),
  deleteIndex: (engine) => engine.deleteIndex('i'),
  waitUntilReady: (engine) => engine.waitUntilReady('i'),
  updateAliases: (engine) => engine.updateAliases([{ add: { index: 'i', alias: 'a' } }]),
  refresh: (engine) => engine.refresh('i'),
  bulk: (engine) => engine.bulk([{ action: 'delete', index: 'i', id: '1', version: 1 }]),
  get: (engine) => engine.get('i', '1'),
  scanIds: async (engine) => engine.scanIds('i', 10)[Symbol.asyncIterator]().next(),
  search: (engine) => engine.search(SEARCH),
  count: (engine) => engine.count(SEARCH),
  openPointInTime: (engine) => engine.openPointInTime('i', '1m'),
  closePointInTime: (engine) => engine.closePointInTime('p'),
  update: (engine) => engine.update({ index: 'i', id: '1', doc: {} }),
  getMany: (engine) => engine.getMany('i', [{ id: '1' }]),
  exists: (engine) => engine.exists('i', '1'),
  searchMany: (engine) => engine.searchMany([SEARCH]),
  explain: (engine) => engine.explain('i', '1', { match_all: {} }),
  validate: (engine) => engine.validate('i', { match_all: {} }),
  indexStatus: (engine) => engine.indexStatus('i'),
  putMapping: (engine) => engine.putMapping('i', { properties: {} }),
  putSettings: (engine) => engine.putSettings('i', {}),
  openIndex: (engine) => engine.openIndex('i'),
  closeIndex: (engine) => engine.closeIndex('i'),
  indexStats: (engine) => engine.indexStats('i'),
  shardRoutings: (engine) => engine.shardRoutings('i'),
  plugins: (engine) => engine.plugins!(),
  health: (engine) => engine.health(),
  startByQuery: (engine) =>
    engine.startByQuery({
      action: 'update',
      index: 'i',
      query: {},
      script: SCRIPT,
      conflicts: 'abort',
      refresh: false,
    }),
  readTask: (engine) => engine.readTask('n:1'),
  cancelTask: (engine) => engine.cancelTask('n:1'),
};

type Answer = readonly [status: number, type: string | undefined, body: string];
const JSON_TYPE = 'application/json';

/** Answers of something in the place of an engine, or before it. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  'a page with 200': [200, 'text/html', '<html>Sign in</html>'],
  'a page with 302': [302, 'text/html', '<html>Moved</html>'],
  'a page with 404': [404, 'text/html', '<html>Not found</html>'],
  'a page with 400': [400, 'text/html', '<html>Bad request</html>'],
  'nothing with 200': [200, undefined, ''],
  'nothing with 204': [204, undefined, ''],
  'nothing with 404': [404, undefined, ''],
  null: [200, JSON_TYPE, 'null'],
  true: [200, JSON_TYPE, 'true'],
  'a text': [200, JSON_TYPE, '"ok"'],
  'an empty object': [200, JSON_TYPE, '{}'],
  'a list': [200, JSON_TYPE, '[{"id":1}]'],
  'an answer that is cut off': [200, JSON_TYPE, '{"hits":'],
  'the health of another service': [200, JSON_TYPE, '{"status":"ok"}'],
  'a refusal of another service': [404, JSON_TYPE, '{"message":"no route matched"}'],
  'an error of another service': [404, JSON_TYPE, '{"error":"Not found","status":404}'],
  'names of another service, each of another kind': [
    200,
    JSON_TYPE,
    JSON.stringify(
      Object.fromEntries(
        ['hits', 'count', 'items', 'docs', 'responses', 'acknowledged', '_shards', 'task', 'nodes', 'shards', '_all']
          .concat([
            'pit_id',
            'pits',
            'result',
            'matched',
            'valid',
            'version',
            '_id',
            '_scroll_id',
            'timed_out',
            'found',
          ])
          .map((name) => [name, name === 'version' ? 3 : null]),
      ),
    ),
  ],
};
/** Answers that an engine may give too. */
const USUAL: ReadonlySet<string> = new Set(['readIndices, an empty object']);

const CELLS = Object.keys(CALLS).flatMap((call) =>
  Object.keys(ANSWERS)
    .filter((answer) => !USUAL.has(`${call}, ${answer}`))
    .map((answer) => [call as keyof typeof CALLS, answer] as const),
);

describe('what is no answer of an engine', () => {
  let server: Server;
  let answer: Answer;
  let engine: SearchEngine;
  beforeAll(async () => {
    server = createServer((request, response: ServerResponse) => {
      const [status, type, body] = answer;
      request.resume().on('end', () => {
        response.writeHead(status, {
          ...(type ? { 'content-type': type } : {}),
          ...(status === 302 ? { location: 'https://login.example/' } : {}),
        });
        response.end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    engine = openSearch({ node: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, circuitBreaker: false });
  });
  afterAll(async () => {
    await engine.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each(CELLS)('is refused by %s: %s', async (call, name) => {
    answer = ANSWERS[name]!;
    const outcome: unknown = await CALLS[call](engine).then(
      (value) => ({ value }),
      (error: unknown) => error,
    );
    expect(outcome).toBeInstanceOf(SearchEngineError);
    // What has `error` may be of an engine.
    if (answer[2].includes('"error"')) return expect(outcome).toMatchObject({ status: 404, reason: 'Not found' });
    expect(outcome).toMatchObject({
      type: 'unexpected_answer',
      message: expect.stringContaining('look at the address, and at a proxy before it') as string,
    });
  });
});
