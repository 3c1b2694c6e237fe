import { jest } from '@jest/globals';
import { describeWith } from '@rookery/services';
import { SearchBulkError, type IndexAllProgress } from '@rookery/search';
import { Address, Passage } from './entities.js';
import { seed } from './fixtures.js';
import { startSearch, type Running } from './harness.js';

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'SearchRepository', () => {
    let running: Running;
    beforeAll(async () => {
      running = await startSearch({ sync: 'manual' });
      await seed(running.orm.em.fork());
    }, 30_000);
    afterAll(() => running.stop(), 30_000);

    const passages = () => running.search.repository(Passage);
    const em = () => running.orm.em.fork();

    it('indexes what the database holds, not what the given entity says, and deletes what is gone', async () => {
      const fork = em();
      const passage = await fork.findOneOrFail(Passage, 1);
      passage.text = 'not flushed';
      await passages().index(passage, { refresh: true });
      expect((await passages().get(1))?.source.text).toContain('preserved');

      const gone = fork.create(Passage, { id: 99, text: 'never saved', position: 0, address: 1 });
      await passages().bulk([{ action: 'index', id: 99, document: { text: 'stale' } }]);
      await passages().index([gone]);
      expect(await passages().get(99)).toBeUndefined();
    });

    it('indexes all rows in pages, reports the progress, and finds them', async () => {
      const seen: IndexAllProgress[] = [];
      const result = await passages().indexAll({ pageSize: 4, onProgress: (progress) => seen.push(progress) });
      expect(result).toEqual({ done: 6, total: 6 });
      expect(seen.at(-1)).toEqual({ done: 6, total: 6 });
      expect(await passages().count()).toBe(6);
      expect(await passages().count((q) => q.must((c) => c.match('text', 'union')))).toBe(3);
    });

    it('reads entities of a page with one query per relation', async () => {
      const queries: string[] = [];
      const entities = await em().find(Passage, {});
      const logger = running.orm.config.getLogger();
      const log = jest.spyOn(logger, 'logQuery').mockImplementation(({ query }) => void queries.push(query ?? ''));
      await passages().index(entities);
      log.mockRestore();
      // Passages, addresses, presidents, the topics with their pivot; no column that documents do not hold.
      expect(queries).toHaveLength(4);
      expect(queries.join()).not.toContain('remark');
    });

    it('deletes by entity and by key', async () => {
      await passages().indexAll();
      await passages().delete([await em().findOneOrFail(Passage, 1), 2], { refresh: true });
      expect(await passages().count()).toBe(4);
      await passages().delete([], { refresh: true });
      expect(await passages().count()).toBe(4);
    });

    it('keeps ids as they are: slashes, quotes, unicode', async () => {
      const ids = ['a/b', 'quote"d', 'ünï code 🎉', '../_search', '%2F'];
      await passages().bulk(ids.map((id) => ({ action: 'index', id, document: { text: id } })));
      for (const id of ids) expect(await passages().get(id)).toMatchObject({ id, source: { text: id } });
      await passages().delete(ids);
      expect(await passages().get('a/b')).toBeUndefined();
    });

    it('writes the others when the mapping refuses some, and names those by id and reason', async () => {
      const operations = Array.from({ length: 9 }, (_, id) => {
        const document = id % 3 === 0 ? { position: 'no number' as unknown as number } : { position: id };
        return { action: 'index', id: id + 100, document } as const;
      });
      const failure = await passages()
        .bulk(operations)
        .catch((error: unknown) => error as SearchBulkError);
      expect(failure).toBeInstanceOf(SearchBulkError);
      const { failures, succeeded } = failure as SearchBulkError;
      expect(succeeded).toBe(6);
      expect(failures.map(({ id }) => id)).toEqual(['100', '103', '106']);
      expect(failures[0]).toMatchObject({ status: 400, type: 'mapper_parsing_exception' });
      expect(await passages().get(101)).toMatchObject({ source: { position: 1 } });
    });

    it('refuses unknown fields, since the mapping is strict', async () => {
      const document = { unknown: 1 } as object;
      await expect(passages().bulk([{ action: 'index', id: 1, document }])).rejects.toThrow(
        'strict_dynamic_mapping_exception',
      );
    });

    it('embeds to-many relations and embeddables', async () => {
      const addresses = running.search.repository(Address);
      await addresses.indexAll();
      const { source } = (await addresses.get(3))!;
      expect(source.place).toEqual({ city: 'Washington' });
      expect(source.passages.map(({ text }) => text)).toHaveLength(2);
      expect(source.heldAt).toBe('1913-12-02T00:00:00.000Z');
    });

    it('recreates an index from the model', async () => {
      await running.search.recreateIndex(Passage);
      expect(await passages().count()).toBe(0);
      await passages().indexAll();
      expect(await passages().count()).toBe(6);
    });

    it('ends a call by its signal', async () => {
      const signal = AbortSignal.abort();
      await expect(passages().query().search({ signal })).rejects.toMatchObject({ code: 'SEARCH_ABORTED' });
      await expect(passages().indexAll({ signal })).rejects.toMatchObject({ code: 'SEARCH_ABORTED' });
    });
  }),
);
