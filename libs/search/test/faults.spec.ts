import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SearchEngineUnavailableError, SearchVersionConflictError, type SearchEngine } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';

type Script = (request: IncomingMessage, response: ServerResponse) => void;

/** An HTTP peer that fails in ways a healthy server does not. */
describe('an engine in trouble', () => {
  let server: Server;
  let script: Script;
  let engine: SearchEngine;
  beforeEach(async () => {
    server = createServer((request, response) => script(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    engine = openSearch({
      node: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      requestTimeoutMs: 200,
      bulkTimeoutMs: 200,
    });
  });
  afterEach(async () => {
    await engine.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const json = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
  const search = () => engine.search({ index: 'i', body: {} });

  it('that hangs ends by the deadline', async () => {
    script = () => undefined;
    await expect(search()).rejects.toMatchObject({ code: 'SEARCH_ENGINE_UNAVAILABLE', reason: 'timeout' });
  });

  it('that trickles an answer ends by the deadline', async () => {
    script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    };
    await expect(search()).rejects.toMatchObject({ reason: 'timeout' });
  });

  it('that cuts the socket is unavailable', async () => {
    script = (request) => request.socket.destroy();
    await expect(search()).rejects.toMatchObject({ reason: 'connection' });
  });

  it.each([429, 502, 503, 504])('that answers %d is overloaded, and reports when to come back', async (status) => {
    script = (_request, response) =>
      json(response, status, { error: { type: 'busy', reason: 'too much' } }, { 'retry-after': '2' });
    const error = await search().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SearchEngineUnavailableError);
    expect(error).toMatchObject({ reason: 'overloaded', retryAfterMs: 2000 });
  });

  it('that has not brought a change to every node is unavailable', async () => {
    script = (_request, response) =>
      json(response, 200, { acknowledged: false, shards_acknowledged: false, index: 'i' });
    for (const change of [
      () => engine.createIndex('i', { settings: {}, mappings: { dynamic: true, properties: {} } }),
      () => engine.updateAliases([{ add: { index: 'i', alias: 'a' } }]),
      () => engine.putMapping('i', { properties: {} }),
    ])
      await expect(change()).rejects.toMatchObject({ code: 'SEARCH_ENGINE_UNAVAILABLE', reason: 'timeout' });
  });

  it('whose index is not ready in time is unavailable', async () => {
    script = (_request, response) => json(response, 408, { cluster_name: 'c', status: 'red', timed_out: true });
    await expect(engine.waitUntilReady('i')).rejects.toMatchObject({
      code: 'SEARCH_ENGINE_UNAVAILABLE',
      reason: 'timeout',
    });
  });

  it('that refuses is no outage', async () => {
    script = (_request, response) =>
      json(response, 400, { error: { type: 'parsing_exception', reason: 'unknown query [mtch]' } });
    await expect(search()).rejects.toMatchObject({
      code: 'SEARCH_ENGINE_REFUSED',
      status: 400,
      type: 'parsing_exception',
    });
  });

  it('that reports a version conflict', async () => {
    script = (_request, response) =>
      json(response, 409, { error: { type: 'version_conflict_engine_exception', reason: 'current [2]' } });
    await expect(search()).rejects.toThrow(SearchVersionConflictError);
  });

  it('that answers no JSON is refused, not crashed on', async () => {
    script = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"hits":');
    await expect(search()).rejects.toMatchObject({ code: 'SEARCH_ENGINE_REFUSED' });
  });

  it("ends at the caller's signal", async () => {
    const controller = new AbortController();
    script = () => controller.abort();
    await expect(engine.search({ index: 'i', body: {} }, { signal: controller.signal })).rejects.toMatchObject({
      code: 'SEARCH_ABORTED',
    });
  });

  it('is found again after an outage', async () => {
    script = (request) => request.socket.destroy();
    await expect(search()).rejects.toThrow(SearchEngineUnavailableError);
    script = (_request, response) => json(response, 200, { count: 3, _shards: { failed: 0, total: 1 } });
    expect(await engine.count({ index: 'i', body: {} })).toBe(3);
  });

  it('that counted on some shards only is not believed', async () => {
    script = (_request, response) => json(response, 200, { count: 3, _shards: { failed: 1, total: 2 } });
    await expect(engine.count({ index: 'i', body: {} })).rejects.toThrow('1 of 2 shards');
  });
});
