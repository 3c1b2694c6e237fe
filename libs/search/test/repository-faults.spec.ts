import { jest } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeWith } from '@rookery/services';
import type { SearchBulkError } from '@rookery/search';
import { SearchService, type SearchRepository } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { MikroORM } from '@mikro-orm/postgresql';
import { Passage } from './entities.js';
import { OPENSEARCH_URL, ormConfig, startSearch, type Running } from './harness.js';

/** Real servers on a loaded machine: each wait has a deadline of its own. */
jest.setTimeout(30_000);

type Script = (body: string, response: ServerResponse, request: IncomingMessage) => void;

const json = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

/** Ids of a bulk body, in its order. */
const idsOf = (body: string): string[] =>
  body
    .split('\n')
    .flatMap((line) => (line.startsWith('{"index"') ? (JSON.parse(line) as { index: { _id: string } }).index._id : []));
const written = (id: string) => ({ index: { _id: id, status: 201 } });
const operations = (count: number, bytes = 1) =>
  Array.from({ length: count }, (_, id) => ({ action: 'index', id, document: { text: 'x'.repeat(bytes) } }) as const);

/** A repository on an HTTP peer that fails by script. */
describe('a repository on an engine in trouble', () => {
  let server: Server;
  let script: Script;
  let search: SearchService;
  let passages: SearchRepository<Passage>;
  let orm: MikroORM;
  beforeEach(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => script(body, response, request));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const engine = openSearch({
      node: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      requestTimeoutMs: 2_000,
      bulkTimeoutMs: 1_000,
    });
    orm = new MikroORM(ormConfig('none'));
    search = new SearchService(orm, { engine, sync: 'manual', createIndices: false });
    passages = search.repository(Passage);
  });
  afterEach(async () => {
    await search.close();
    await orm.close(true);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([429, 503])('waits as long as a %d asks, and sends the bulk again', async (status) => {
    const times: number[] = [];
    script = (body, response) => {
      if (times.push(performance.now()) === 1)
        return json(response, status, { error: { type: 'busy', reason: 'queue full' } }, { 'retry-after': '1' });
      json(response, 200, { items: idsOf(body).map(written) });
    };
    await passages.bulk(operations(3));
    expect(times).toHaveLength(2);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(990);
  });

  it('sends a bulk again whose socket was cut in its middle', async () => {
    let round = 0;
    script = (body, response, request) => {
      if ((round += 1) > 1) return json(response, 200, { items: idsOf(body).map(written) });
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"items":[{"index":{"_id":"0"', () => request.socket.destroy());
    };
    await passages.bulk(operations(9));
    expect(round).toBe(2);
  });

  it('sends again only the third that was busy, and names the third that was refused', async () => {
    const rounds: string[][] = [];
    script = (body, response) => {
      const ids = idsOf(body);
      const first = rounds.push(ids) === 1;
      const items = ids.map((id) => {
        if (Number(id) % 3 === 0)
          return { index: { _id: id, status: 400, error: { type: 'mapper_parsing_exception', reason: 'no number' } } };
        return first && Number(id) % 3 === 1
          ? { index: { _id: id, status: 429, error: { type: 'rejected_execution_exception', reason: 'full' } } }
          : written(id);
      });
      json(response, 200, { items });
    };
    const failure = (await passages.bulk(operations(9)).catch((error: unknown) => error)) as SearchBulkError;
    expect(rounds).toEqual([
      ['0', '1', '2', '3', '4', '5', '6', '7', '8'],
      ['1', '4', '7'],
    ]);
    expect(failure).toMatchObject({ code: 'SEARCH_BULK_FAILED', succeeded: 6 });
    expect(failure.failures.map(({ id, reason }) => [id, reason])).toEqual([
      ['0', 'no number'],
      ['3', 'no number'],
      ['6', 'no number'],
    ]);
  });

  it('ends on a node that hangs, by the deadline of each try', async () => {
    script = () => undefined;
    await expect(passages.bulk(operations(1))).rejects.toMatchObject({
      code: 'SEARCH_ENGINE_UNAVAILABLE',
      reason: 'timeout',
    });
    await expect(passages.getMany([1], { timeoutMs: 50 })).rejects.toMatchObject({ reason: 'timeout' });
    await expect(passages.update(1, { document: {} }, { timeoutMs: 50 })).rejects.toMatchObject({ reason: 'timeout' });
    await expect(passages.stream(undefined, { timeoutMs: 50 }).next()).rejects.toMatchObject({ reason: 'timeout' });
    await expect(passages.deleteByQuery((q) => q, { all: true, timeoutMs: 50 })).rejects.toMatchObject({
      reason: 'timeout',
    });
  }, 15_000);

  it('takes a circuit breaker for overload', async () => {
    script = (_body, response) =>
      json(response, 429, { error: { type: 'circuit_breaking_exception', reason: '[parent] Data too large' } });
    await expect(passages.query().search()).rejects.toMatchObject({
      code: 'SEARCH_ENGINE_UNAVAILABLE',
      reason: 'overloaded',
    });
    await expect(passages.query().search()).rejects.toThrow('Data too large');
  });

  it('never treats an answer that lacks shards as a whole one', async () => {
    const _shards = { total: 3, failed: 1, failures: [{ reason: { type: 'query_shard_exception', reason: 'lost' } }] };
    const hits = { total: { value: 0, relation: 'eq' }, max_score: null, hits: [] };
    script = (_body, response, { url }) =>
      json(
        response,
        200,
        url!.includes('_msearch')
          ? { responses: [{ took: 1, hits, _shards, status: 200 }] }
          : { took: 1, hits, count: 0, _shards, pit_id: 'p' },
      );
    const lacking = /1 of 3 shards failed .*query_shard_exception: lost/;
    await expect(passages.query().search()).rejects.toThrow(lacking);
    await expect(passages.count()).rejects.toThrow(lacking);
    await expect(passages.searchMany([passages.query()])).rejects.toThrow(lacking);
    await expect(passages.refresh()).rejects.toThrow(lacking);
    await expect(passages.stream().next()).rejects.toThrow(lacking);
  });

  it('waits for a task also while the engine is away for a moment', async () => {
    let round = 0;
    script = (_body, response, { url, socket }) => {
      if (url!.includes('_update_by_query')) return json(response, 200, { task: 'node:7' });
      round += 1;
      if (round === 1) return void socket.destroy();
      const status = { total: 2, updated: round > 2 ? 2 : 1, version_conflicts: 0, noops: 0 };
      json(response, 200, {
        completed: round > 2,
        task: { status },
        ...(round > 2 ? { response: { ...status, failures: [] } } : {}),
      });
    };
    const task = await passages.updateByQuery((q) => q, { all: true, script: { source: 'x' } });
    expect(await task.done()).toMatchObject({ updated: 2, cancelled: false });
    expect(round).toBe(3);
  });
});

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'a repository with hard data', () => {
    let running: Running;
    beforeAll(async () => {
      running = await startSearch({ sync: 'manual' });
    }, 40_000);
    afterAll(() => running.stop(), 30_000);
    const passages = () => running.search.repository(Passage);

    it('finds documents by ids with slashes, quotes and unicode in every call', async () => {
      const ids = ['a/b', 'quote"d', "it's", 'ünï code 🎉', '../_search', '%2F', 'a?b#c'];
      await passages().bulk(
        ids.map((id) => ({ action: 'index', id, document: { text: id } })),
        { refresh: true },
      );
      expect((await passages().getMany(ids)).map((document) => document?.id)).toEqual(ids);
      for (const id of ids) {
        expect(await passages().exists(id)).toBe(true);
        await passages().update(id, { document: { position: 1 } });
        expect((await passages().explain(id, (q) => q)).matched).toBe(true);
      }
      const streamed: string[] = [];
      for await (const { id } of passages().stream(undefined, { size: 3 })) streamed.push(id);
      expect(streamed.sort()).toEqual([...ids].sort());
      await passages().delete(ids, { refresh: true });
      expect(await passages().count()).toBe(0);
    });

    it('writes and reads documents of 10 MB, each in a request of its own', async () => {
      const text = 'word '.repeat(2 * 1024 * 1024);
      await passages().bulk([1, 2].map((id) => ({ action: 'index', id, document: { text } })));
      expect((await passages().get(2))!.source.text).toHaveLength(text.length);
      await passages().delete([1, 2], { refresh: true });
    }, 40_000);

    it('reports a missing index in every call', async () => {
      const search = new SearchService(running.orm, {
        engine: openSearch({ node: OPENSEARCH_URL }),
        prefix: 'search-never-made',
        sync: 'manual',
        createIndices: false,
      });
      const missing = search.repository(Passage);
      const calls = [
        missing.count(),
        missing.query().search(),
        missing.getMany([1]),
        missing.exists(1),
        missing.searchMany([missing.query()]),
        missing.stream().next(),
        missing.explain(1, (q) => q),
        missing.refresh(),
        missing.control.stats(),
        missing.deleteByQuery((q) => q, { all: true }).then((task) => task.done()),
        missing.update(1, { document: {}, upsert: true }),
      ];
      for (const answer of await Promise.allSettled(calls))
        expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'SEARCH_NOT_FOUND', what: 'index' } });
      await expect(missing.bulk([{ action: 'index', id: 1, document: {} }])).rejects.toThrow(
        'index_not_found_exception',
      );
      expect(await missing.control.status()).toBe('missing');
      await search.close();
    });
  }),
);
