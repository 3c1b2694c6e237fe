import { Entity, PrimaryKey, Property, ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { describeWith, startOpenSearch, type RunningServer } from '@rookery/services';
import { Indexed, SearchField, SearchService, type SearchRepository } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { uniqueName } from './harness.js';

@Entity()
@Indexed({ name: 'notes', settings: { number_of_shards: 2 } })
@Indexed({ name: 'sourceless', mapping: { _source: { enabled: false } } })
class Note {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'text' }) text!: string;
  @SearchField() @Property({ type: 'integer' }) size!: number;
}

/** Notes on a server, without a database. */
async function notesOn(
  node: string,
  timeoutMs = 20_000,
): Promise<{ notes: SearchRepository<Note>; search: SearchService; close: () => Promise<void> }> {
  const orm = new MikroORM({ entities: [Note], dbName: 'none', metadataProvider: ReflectMetadataProvider });
  const search = new SearchService(orm, {
    engine: openSearch({ node, requestTimeoutMs: timeoutMs, bulkTimeoutMs: timeoutMs }),
    prefix: uniqueName(),
    sync: 'manual',
    bulk: { attempts: 2, retryAfterMs: () => 0 },
  });
  await search.ensureIndices();
  const close = async (): Promise<void> => {
    for (const { name } of search.indices)
      await search
        .repository(Note, name)
        .control.delete()
        .catch(() => undefined);
    await search.close();
    await orm.close(true);
  };
  return { notes: search.repository(Note), search, close };
}

const writes = (count: number) =>
  Array.from(
    { length: count },
    (_, id) => ({ action: 'index', id, document: { text: `note ${id}`, size: id } }) as const,
  );

describeWith('opensearch', 'a real server', (node) => {
  it('with a closed index is told by every call, and works again when it is open', async () => {
    const { notes, close } = await notesOn(node);
    await notes.bulk(writes(3), { refresh: true });
    await notes.control.close();
    // Reads fail on the index itself, writes and refreshes on the block on it.
    const closed = {
      code: 'SEARCH_ENGINE_REFUSED',
      type: expect.stringMatching(/^(index_closed|cluster_block)_exception$/) as string,
    };
    const calls = [
      notes.count(),
      notes.query().search(),
      notes.get(1),
      notes.exists(1),
      notes.stream().next(),
      notes.update(1, { document: { size: 2 } }),
      notes.explain(1, (q) => q),
      notes.refresh(),
    ];
    for (const answer of await Promise.allSettled(calls))
      expect(answer).toMatchObject({ status: 'rejected', reason: closed });
    await expect(notes.getMany([1])).rejects.toMatchObject({ code: 'SEARCH_ENGINE_REFUSED' });
    await expect(notes.searchMany([notes.query()])).rejects.toMatchObject({ code: 'SEARCH_ENGINE_REFUSED' });
    await expect(notes.bulk(writes(1))).rejects.toMatchObject({
      code: 'SEARCH_BULK_FAILED',
      failures: [{ id: '0', type: 'index_closed_exception' }],
    });
    await notes.control.open();
    expect(await notes.count()).toBe(3);
    await close();
  }, 30_000);

  it('without `_source` finds, counts, deletes and tells that there is nothing to read or to change', async () => {
    const { search, close } = await notesOn(node);
    const notes = search.repository(Note, 'sourceless');
    await notes.bulk(writes(3), { refresh: true });
    const page = await notes
      .query()
      .filter((q) => q.range('size', { gte: 1 }))
      .sort('size')
      .search();
    expect(page.hits.map(({ id, source }) => [id, source])).toEqual([
      ['1', undefined],
      ['2', undefined],
    ]);
    expect((await notes.get(1))!.source).toBeUndefined();
    await expect(notes.update(1, { document: { size: 9 } })).rejects.toMatchObject({
      code: 'SEARCH_ENGINE_REFUSED',
      type: 'document_source_missing_exception',
    });
    await notes.delete(1, { refresh: true });
    expect(await notes.count()).toBe(2);
    await close();
  }, 30_000);

  it('on which some shards fail is told, with the reason, and never answers a page with holes', async () => {
    const { notes, close } = await notesOn(node);
    await notes.bulk(writes(20), { refresh: true });
    // Fails on the shard of one document only.
    const failing = notes.query().filter((q) =>
      q.raw({
        script: {
          script: {
            source: "if (doc['size'].value == 7) { throw new IllegalArgumentException('by seven') } return true",
          },
        },
      }),
    );
    await expect(failing.search()).rejects.toMatchObject({ code: 'SEARCH_ENGINE_REFUSED' });
    await expect(failing.search()).rejects.toThrow(/by seven|script_exception|runtime error|shard/);
    await expect(failing.count()).rejects.toMatchObject({ code: 'SEARCH_ENGINE_REFUSED' });
    await close();
  }, 30_000);
});

describeWith('opensearch', 'a real server of our own', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startOpenSearch();
  }, 120_000);
  afterAll(() => server.stop(), 30_000);

  it('whose circuit breaker opens is overloaded, and well again after it', async () => {
    const { notes, close } = await notesOn(server.address);
    await notes.bulk(writes(2_000), { refresh: true });
    const limit = async (value: string | null): Promise<void> => {
      const body = JSON.stringify({ transient: { 'indices.breaker.request.limit': value } });
      expect(
        (
          await fetch(`${server.address}/_cluster/settings`, {
            method: 'PUT',
            headers: { 'content-type': 'application/json' },
            body,
          })
        ).status,
      ).toBe(200);
    };
    const facets = notes.query().aggregate((a) => ({ sizes: a.terms('size', { size: 2_000 }) }));
    await limit('1kb');
    await expect(facets.search()).rejects.toMatchObject({ code: 'SEARCH_ENGINE_UNAVAILABLE', reason: 'overloaded' });
    await expect(facets.search()).rejects.toThrow(/circuit_breaking_exception|Data too large/);
    await limit(null);
    expect((await facets.search()).aggregations.sizes.buckets).toHaveLength(2_000);
    await close();
  }, 60_000);

  it('that hangs ends every call by its deadline, and answers when it goes on', async () => {
    const { notes, close } = await notesOn(server.address);
    const soon = { timeoutMs: 400 };
    server.pause();
    try {
      const calls = [
        notes.count(undefined, soon),
        notes.query().search(soon),
        notes.get(1, soon),
        notes.bulk(writes(1), soon),
        notes.update(1, { document: {} }, soon),
        notes.refresh(soon),
        notes.stream(undefined, soon).next(),
      ];
      for (const answer of await Promise.allSettled(calls))
        expect(answer).toMatchObject({
          status: 'rejected',
          reason: { code: 'SEARCH_ENGINE_UNAVAILABLE', reason: 'timeout' },
        });
    } finally {
      server.resume();
    }
    await expect(notes.bulk(writes(3), { refresh: true, timeoutMs: 20_000 })).resolves.toBeUndefined();
    await close();
  }, 60_000);

  it('that stands still in the middle of pages lets them go on, or ends them by their deadline', async () => {
    const { notes, search, close } = await notesOn(server.address);
    const { engine } = search['assembly'].parts;
    await notes.bulk(writes(1_000), { refresh: true });
    const ordered = (query: ReturnType<typeof notes.query>) => query.sort('size');
    const scan = async function* (timeoutMs: number): AsyncGenerator<string> {
      for await (const places of engine.scanIds(notes.indexName, 100, { timeoutMs }))
        for (const { id } of places) yield id;
    };
    const idsOf = async function* (hits: AsyncIterable<{ readonly id: string }>): AsyncGenerator<string> {
      for await (const { id } of hits) yield id;
    };
    const pages = async function* (timeoutMs: number): AsyncGenerator<string> {
      for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
        const page = await notes.paginate(ordered, {
          size: 100,
          timeoutMs,
          ...(cursor === undefined ? {} : { cursor }),
        });
        yield* page.hits.map(({ id }) => id);
        cursor = page.nextCursor;
      }
    };
    const READERS: ((timeoutMs: number) => AsyncGenerator<string>)[] = [
      (timeoutMs) => idsOf(notes.stream(ordered, { size: 100, timeoutMs })),
      (timeoutMs) => idsOf(notes.stream((query) => query, { size: 100, timeoutMs })),
      pages,
      scan,
    ];
    /** Stands still after 250 of the hits, which are in the middle of a page. */
    const paused = async (hits: AsyncIterable<string>, forMs: number): Promise<string[]> => {
      const ids: string[] = [];
      let going: NodeJS.Timeout | undefined;
      try {
        for await (const id of hits) {
          if (ids.push(id) !== 250) continue;
          server.pause();
          going = setTimeout(() => server.resume(), forMs);
        }
        return ids;
      } finally {
        clearTimeout(going);
        server.resume();
      }
    };
    for (const read of READERS) {
      expect(new Set(await paused(read(20_000), 700)).size).toBe(1_000);
      await expect(paused(read(500), 20_000)).rejects.toMatchObject({
        code: 'SEARCH_ENGINE_UNAVAILABLE',
        reason: 'timeout',
      });
      const after = await paused(read(20_000), 0);
      expect([after.length, new Set(after).size]).toEqual([1_000, 1_000]);
    }
    await close();
  }, 120_000);

  it('that is killed is unavailable, and found again under its address', async () => {
    const { notes, close } = await notesOn(server.address, 2_000);
    await server.kill();
    await expect(notes.count()).rejects.toMatchObject({ code: 'SEARCH_ENGINE_UNAVAILABLE', reason: 'connection' });
    await server.restart();
    await expect(notes.count(undefined, { timeoutMs: 20_000 })).resolves.toBe(0);
    await close();
  }, 120_000);
});
