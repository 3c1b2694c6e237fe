import { jest } from '@jest/globals';
import { describeWith } from '@rookery/services';
import { SearchNotFoundError, SearchVersionConflictError, type TaskProgress } from '@rookery/search';
import { Passage } from './entities.js';
import { startSearch, type Running } from './harness.js';

/** Real servers on a loaded machine: each wait has a deadline of its own. */
jest.setTimeout(30_000);

const DOCUMENTS = 300;

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'changing documents in place', () => {
    let running: Running;
    beforeAll(async () => {
      running = await startSearch({ sync: 'manual' });
    }, 40_000);
    beforeEach(async () => {
      await running.search.recreateIndex(Passage);
      const operations = Array.from(
        { length: DOCUMENTS },
        (_, id) => ({ action: 'index', id, document: { text: `passage ${id}`, position: id % 2 } }) as const,
      );
      await passages().bulk(operations, { refresh: true });
    });
    afterAll(() => running.stop(), 30_000);

    const passages = () => running.search.repository(Passage);

    it('updates some fields, and reports when nothing changed', async () => {
      expect(await passages().update(1, { document: { position: 9 } })).toMatchObject({ outcome: 'updated' });
      expect((await passages().get(1))!.source).toMatchObject({ text: 'passage 1', position: 9 });
      expect(await passages().update(1, { document: { position: 9 } })).toMatchObject({ outcome: 'unchanged' });
    });

    it('updates by script', async () => {
      await passages().update(
        2,
        { script: { source: 'ctx._source.position += params.by', params: { by: 40 } } },
        { refresh: true },
      );
      expect(await passages().count((q) => q.filter((c) => c.term('position', 40)))).toBe(1);
    });

    it('writes a document that is not there only when told what it is', async () => {
      await expect(passages().update('new', { document: { position: 1 } })).rejects.toThrow(SearchNotFoundError);
      expect(await passages().update('new', { document: { position: 1 }, upsert: true })).toMatchObject({
        outcome: 'created',
      });
      expect(await passages().update('other', { document: { position: 1 }, upsert: { text: 'first' } })).toMatchObject({
        outcome: 'created',
      });
      expect((await passages().get('other'))!.source).toEqual({ text: 'first' });
      const script = { source: 'ctx._source.position = ctx._source.position + 1' };
      await passages().update('scripted', { script, upsert: { position: 1 }, scriptedUpsert: true });
      expect((await passages().get('scripted'))!.source).toEqual({ position: 2 });
    });

    it('leaves a document alone that has changed since it was read', async () => {
      const { seqNo: ifSeqNo, primaryTerm: ifPrimaryTerm } = (await passages().get(3))!;
      await passages().update(3, { document: { position: 7 } }, { ifSeqNo, ifPrimaryTerm });
      await expect(passages().update(3, { document: { position: 8 } }, { ifSeqNo, ifPrimaryTerm })).rejects.toThrow(
        SearchVersionConflictError,
      );
      expect((await passages().get(3))!.source.position).toBe(7);
      await expect(passages().update(3, { document: {} }, { ifSeqNo })).rejects.toThrow('must be given together');
      await expect(
        passages().update(3, { document: {} }, { ifSeqNo, ifPrimaryTerm, retryOnConflict: 1 }),
      ).rejects.toThrow('cannot go with `ifSeqNo`');
    });

    it('is replaced by the next write of the document, since that has the higher version', async () => {
      await passages().update(4, { document: { text: 'changed' } });
      await passages().bulk([{ action: 'index', id: 4, document: { text: 'from the database' } }]);
      expect((await passages().get(4))!.source).toEqual({ text: 'from the database' });
    });

    it('refuses a document with unknown fields', async () => {
      await expect(passages().update(1, { document: { unknown: 1 } as object })).rejects.toMatchObject({
        code: 'SEARCH_ENGINE_REFUSED',
        type: 'strict_dynamic_mapping_exception',
      });
    });

    it('changes all that match, as a task', async () => {
      const seen: TaskProgress[] = [];
      const task = await passages().updateByQuery((q) => q.filter((c) => c.term('position', 1)), {
        script: { source: 'ctx._source.position = 5' },
        refresh: true,
      });
      const result = await task.done({ onProgress: (progress) => seen.push(progress) });
      expect(result).toMatchObject({ total: DOCUMENTS / 2, updated: DOCUMENTS / 2, conflicts: 0, cancelled: false });
      expect(seen.at(-1)).toMatchObject({ updated: DOCUMENTS / 2 });
      expect(await passages().count((q) => q.filter((c) => c.term('position', 5)))).toBe(DOCUMENTS / 2);
      expect(await running.search.task(task.id).state()).toMatchObject({ state: 'done' });
    });

    it('deletes all that match, as a task', async () => {
      const task = await passages().deleteByQuery((q) => q.filter((c) => c.term('position', 1)), { refresh: true });
      expect(await task.done()).toMatchObject({ deleted: DOCUMENTS / 2 });
      expect(await passages().count()).toBe(DOCUMENTS / 2);
    });

    it('cancels a task, waits no longer than told, and ends by a signal', async () => {
      // One batch of a slow task is throttled far beyond any wait of this test.
      const task = await passages().updateByQuery((q) => q, {
        all: true,
        script: { source: 'ctx._source.position = 6' },
        documentsPerSecond: 1,
      });
      await expect(task.done({ timeoutMs: 100 })).rejects.toMatchObject({
        code: 'SEARCH_ENGINE_UNAVAILABLE',
        reason: 'timeout',
      });
      await expect(task.done({ signal: AbortSignal.timeout(100) })).rejects.toMatchObject({ code: 'SEARCH_ABORTED' });
      expect(await task.state()).toMatchObject({ state: 'running', progress: { total: DOCUMENTS } });
      await task.cancel();
      expect((await task.done({ timeoutMs: 20_000 })).cancelled).toBe(true);
      await task.cancel();
    }, 40_000);

    it('reports documents that a script spoils, and a script that is none', async () => {
      const task = await passages().updateByQuery((q) => q.filter((c) => c.term('position', 1)), {
        script: { source: 'ctx._source.position = "none"' },
      });
      const failure = await task.done().catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'SEARCH_BULK_FAILED' });
      expect((failure as { failures: { reason: string }[] }).failures[0]!.reason).toContain('position');
      const broken = await passages().updateByQuery((q) => q, { all: true, script: { source: 'this is no script' } });
      await expect(broken.done()).rejects.toMatchObject({ code: 'SEARCH_ENGINE_REFUSED' });
      await expect(running.search.task('nowhere:1').state()).rejects.toThrow(/there is no task nowhere:1/);
    });

    it('controls the index: state, settings, fields, aliases, figures', async () => {
      const { control } = passages();
      expect(await control.status()).toBe('open');
      await control.putSettings({ refresh_interval: '-1' });
      await control.putMapping({ extra: { type: 'keyword' } });
      await passages().update(1, { document: { extra: 'x' } as object });
      expect(await control.stats()).toMatchObject({ documents: DOCUMENTS });
      expect((await control.stats()).sizeInBytes).toBeGreaterThan(0);
      const alias = `${passages().indexName}-also`;
      await control.addAlias(alias);
      expect([...(await control.aliases())].sort()).toEqual([passages().indexName, alias]);
      await control.removeAlias(alias);
      expect(await control.aliases()).toEqual([passages().indexName]);
      await expect(control.putMapping({ text: { type: 'keyword' } })).rejects.toMatchObject({
        code: 'SEARCH_ENGINE_REFUSED',
      });
      await expect(control.putSettings({ number_of_shards: 2 })).rejects.toMatchObject({
        code: 'SEARCH_ENGINE_REFUSED',
      });
    });

    it('closes, opens, deletes and creates the index', async () => {
      const { control } = passages();
      await control.close();
      expect(await control.status()).toBe('closed');
      await expect(passages().count()).rejects.toMatchObject({
        code: 'SEARCH_ENGINE_REFUSED',
        type: 'index_closed_exception',
      });
      await expect(passages().bulk([{ action: 'index', id: 1, document: { text: 'x' } }])).rejects.toThrow(
        'index_closed_exception',
      );
      await control.open();
      expect(await passages().get(1)).toBeDefined();
      await control.delete();
      expect(await control.exists()).toBe(false);
      await control.delete();
      await control.create();
      expect(await passages().count()).toBe(0);
    });
  }),
);
