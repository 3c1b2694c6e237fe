import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { describeWith } from '@rookery/services';
import { SearchEngineError, SearchEngineUnavailableError, SearchOptionError, type SearchEngine } from '@rookery/search';
import { openSearch, type OpenSearchOptions } from '@rookery/search/opensearch';
import { OPENSEARCH_URL, uniqueName } from './harness.js';

/** Real servers on a loaded machine: each wait has a deadline of its own. */
jest.setTimeout(30_000);

type Answer = (request: IncomingMessage, response: ServerResponse, pass: () => void) => void;

/** A node between the library and the real server. */
async function nodeThat(answer: Answer): Promise<{ url: string; server: Server; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response, () => {
      if (response.closed) return; // Who asked has left: no end of the request would come any more.
      const { method, headers, url } = request;
      const inner = forward(new URL(url!, OPENSEARCH_URL), { method: method!, headers }, (answered) => {
        response.writeHead(answered.statusCode!, answered.headers);
        answered.pipe(response);
      });
      response.on('close', () => inner.destroy());
      inner.on('error', () => response.destroy());
      request.pipe(inner);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, requests };
}

describeWith('opensearch', 'an engine that is away, or something else', () => {
  const open: { close(): unknown }[] = [];
  const name = uniqueName();
  let direct: SearchEngine;
  const engine = (options: Partial<OpenSearchOptions> & Pick<OpenSearchOptions, 'node'>): SearchEngine => {
    const made = openSearch(options);
    open.push(made);
    return made;
  };
  const node = async (answer: Answer) => {
    const made = await nodeThat(answer);
    open.push({ close: () => made.server.closeAllConnections() }, made.server);
    return made;
  };
  beforeAll(async () => {
    direct = openSearch({ node: OPENSEARCH_URL });
    await direct.createIndex(name, {
      settings: { number_of_shards: 1 },
      mappings: { dynamic: true, properties: { n: { type: 'long' } } },
      aliases: { [`${name}-a`]: {} },
    });
    await direct.refresh(name);
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  afterAll(async () => {
    await direct.deleteIndex(name);
    await direct.close();
  });
  const search = (from: SearchEngine) => from.search({ index: name, body: { query: { match_all: {} } } });

  it('answers all reads while one of two nodes is away', async () => {
    const gone = await node((_request, response) => response.destroy());
    const there = await node((_request, _response, pass) => pass());
    const both = engine({ node: [gone.url, there.url] });
    await Promise.all(Array.from({ length: 60 }, () => search(both)));
    expect(gone.requests.length).toBeGreaterThan(0);
  });

  it('answers all reads long before their deadline while one of two nodes hangs', async () => {
    const hung = await node(() => undefined);
    const there = await node((_request, _response, pass) => pass());
    const both = engine({ node: [hung.url, there.url] });
    const began = performance.now();
    const options = { timeoutMs: 24_000 };
    const body = { query: { match_all: {} } };
    await Promise.all(Array.from({ length: 20 }, () => both.search({ index: name, body }, options)));
    await both.searchMany([{ index: name, body }], options);
    expect(await both.count({ index: name, body }, options)).toBeGreaterThanOrEqual(0);
    expect(hung.requests.length).toBeGreaterThan(0);
    // Of each that hangs it leaves a third of the deadline; twice, as calls follow one another.
    expect(performance.now() - began).toBeLessThan(24_000);
  });

  it('sends no write, and nothing but a refusal twice, to a node beside one that hangs', async () => {
    const slow = await node((_request, _response, pass) => setTimeout(pass, 400));
    const both = engine({ node: [slow.url, slow.url.replace('127.0.0.1', 'localhost')] });
    await both.bulk([{ action: 'index', index: `${name}-a`, id: 'slow', version: 1, source: '{"n":1}' }], {
      timeoutMs: 600,
    });
    expect(slow.requests.filter(({ method }) => method !== 'HEAD')).toHaveLength(1);
    await expect(both.search({ index: name, body: { query: { no: {} } } }, { timeoutMs: 900 })).rejects.toThrow(
      SearchEngineError,
    );
    await direct.bulk([{ action: 'delete', index: `${name}-a`, id: 'slow', version: 2 }]);
  });

  it('sends a read again when its keep-alive socket is reset on reuse', async () => {
    let served = 0;
    const resetting = await node((request, _response, pass) =>
      served++ % 2 === 1 ? request.socket.destroy() : pass(),
    );
    const one = engine({ node: resetting.url });
    for (let n = 0; n < 40; n += 1) await search(one);
    expect(resetting.requests.length).toBeGreaterThan(40);
  });

  it('sends no write again, and no more reads than the budget has', async () => {
    const gone = await node((_request, response) => response.destroy());
    const one = engine({ node: gone.url, circuitBreaker: false });
    await expect(one.update({ index: `${name}-a`, id: '1', doc: { n: 1 } })).rejects.toThrow(
      SearchEngineUnavailableError,
    );
    expect(gone.requests).toHaveLength(1);
    await Promise.allSettled(Array.from({ length: 400 }, () => search(one)));
    expect(gone.requests.length).toBeLessThan(1 + 400 * 1.5 + 101);
  });

  it('answers at once while the engine is away, and is back after a probe', async () => {
    let away = true;
    const flapping = await node((_request, response, pass) => (away ? response.destroy() : pass()));
    const one = engine({ node: flapping.url, readRetries: 0, circuitBreaker: { failures: 3, openMs: 100 } });
    for (let n = 0; n < 3; n += 1) await expect(search(one)).rejects.toThrow(SearchEngineUnavailableError);
    const sent = flapping.requests.length;
    await expect(search(one)).rejects.toMatchObject({
      code: 'SEARCH_ENGINE_UNAVAILABLE',
      reason: 'connection',
      retryAfterMs: expect.any(Number) as number,
      message: expect.stringContaining('was not sent') as string,
    });
    expect(flapping.requests).toHaveLength(sent);
    away = false;
    for (let left = 200; left > 0; left -= 1) {
      const found = await search(one).catch(() => undefined);
      if (found) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('the breaker never closed');
  });

  it.each([
    [200, { 'content-type': 'text/html' }, '<html>Sign in</html>'],
    [302, { 'content-type': 'text/html', location: 'https://login.example/' }, '<html>Moved</html>'],
    [200, {}, ''],
    [200, { 'content-type': 'application/json' }, '{"status":"ok"}'],
    [200, { 'content-type': 'application/json' }, 'null'],
    [200, { 'content-type': 'application/json' }, '{"hits":'],
  ])('reports an answer of %i %j %s as what it is', async (status, headers, body) => {
    const proxy = await node((_request, response) => void response.writeHead(status, headers).end(body));
    const one = engine({ node: proxy.url });
    for (const call of [
      () => search(one),
      () => one.count({ index: name, body: {} }),
      () => one.searchMany([{ index: name, body: {} }]),
    ])
      await expect(call()).rejects.toThrow(SearchEngineError);
    const outcomes = one.bulk([{ action: 'delete', index: name, id: '1', version: 1 }]);
    await expect(outcomes.then((all) => all.map(({ outcome }) => outcome)))
      .resolves.toEqual(['failed'])
      .catch(() => expect(outcomes).rejects.toThrow(SearchEngineError));
  });

  it('lets no more searches through at once than it may, and refuses those that have no place to wait', async () => {
    let [running, most] = [0, 0];
    const slow = await node((_request, response, pass) => {
      most = Math.max(most, (running += 1));
      response.on('close', () => (running -= 1));
      setTimeout(pass, 50);
    });
    const one = engine({ node: slow.url, maxConcurrentSearches: 2, maxWaitingSearches: 3 });
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => search(one)));
    expect(most).toBeLessThanOrEqual(2);
    const refused = all.flatMap((one_) => (one_.status === 'rejected' ? [one_.reason as unknown] : []));
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ code: 'SEARCH_ENGINE_UNAVAILABLE', reason: 'overloaded' });
    const late = one.search({ index: name, body: {} }, { timeoutMs: 1 });
    await expect(Promise.all([search(one), search(one), late])).rejects.toMatchObject({ reason: 'timeout' });
  });

  it('carries an id of the trace, and a limit after which the server ends the search', async () => {
    const seen = await node((_request, _response, pass) => pass());
    const one = engine({ node: seen.url, opaqueId: () => 'trace-7' });
    await one.search({ index: name, body: {} }, { timeoutMs: 1_234 });
    expect(seen.requests[0]!.headers['x-opaque-id']).toBe('trace-7');
    expect(seen.requests[0]!.url).toContain('cancel_after_time_interval=1234ms');
    await one.searchMany([{ index: name, body: {} }], { timeoutMs: 1_235 });
    expect(seen.requests[1]!.url).toContain('_msearch?cancel_after_time_interval=1235ms');
  });

  it('ends a search on the server when its caller gives up', async () => {
    const numbers = Array.from({ length: 5_000 }, (_, n) => ({
      action: 'index' as const,
      index: `${name}-a`,
      id: String(n),
      version: 1,
      source: `{"n":${n}}`,
    }));
    await direct.bulk(numbers);
    await direct.refresh(name);
    const endless = 'double s = 0; for (int i = 0; i < 500000; i++) { s += i } return s';
    const body = { query: { script_score: { query: { match_all: {} }, script: { source: endless } } } };
    const stop = new AbortController();
    const slow = engine({ node: OPENSEARCH_URL, opaqueId: () => `${name}-slow` });
    /** The server's task of the search: a script looks up only now and then to see that it is cancelled. */
    const task = async (): Promise<'running' | 'ended'> => {
      const answer = await fetch(`${OPENSEARCH_URL}/_tasks?actions=*search*&detailed`);
      const mine = (await answer.text()).split('"node"').filter((text) => text.includes(`${name}-slow`));
      return mine.some((text) => !text.includes('"cancelled":true')) ? 'running' : 'ended';
    };
    const until = async (wanted: 'running' | 'ended'): Promise<void> => {
      for (let left = 250; (await task()) !== wanted; left -= 1) {
        if (left === 0) throw new Error(`the task is not ${wanted}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const searching = slow.search({ index: name, body }, { signal: stop.signal, timeoutMs: 25_000 });
    searching.catch(() => undefined);
    await until('running');
    stop.abort();
    await expect(searching).rejects.toMatchObject({ code: 'SEARCH_ABORTED' });
    await until('ended');
  });

  it.each([
    [{ maxRetries: 3 }, /openSearch\.client\.maxRetries is openSearch\.readRetries.*\(got 3\)/],
    [{ requestTimeout: 5 }, /openSearch\.client\.requestTimeout is openSearch\.requestTimeoutMs/],
    [{ node: 'http://x' }, /openSearch\.client\.node is openSearch\.node/],
    [{ enableLongNumeralSupport: true }, /is not needed/],
  ])('refuses %j of the client, which it would override', (client, message) => {
    expect(() => openSearch({ node: OPENSEARCH_URL, client })).toThrow(message);
    expect(() => openSearch({ node: OPENSEARCH_URL, circuitBreaker: { failure: 1 } as never })).toThrow(
      SearchOptionError,
    );
  });
});
