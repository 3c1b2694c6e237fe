import { jest } from '@jest/globals';
import { describeWith } from '@rookery/services';
import { SearchBulkError, SearchOptionError, type DocumentOperation, type SearchRepository } from '@rookery/search';
import { Address, Passage, President, Party } from './entities.js';
import { seed } from './fixtures.js';
import { startSearch, type Running } from './harness.js';

/** Real servers on a loaded machine: each wait has a deadline of its own. */
jest.setTimeout(30_000);

type Operation = DocumentOperation<Passage>;

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'writes of each action', () => {
    let running: Running;
    const passages = (): SearchRepository<Passage> => running.search.repository(Passage);
    const source = async (id: number) => (await passages().get(id))?.source;
    beforeAll(async () => {
      running = await startSearch({ sync: 'manual' });
      await seed(running.orm.em.fork());
    }, 40_000);
    beforeEach(() => passages().indexAll());
    afterAll(() => running.stop(), 30_000);

    const failuresOf = async (operations: readonly Operation[]) => {
      const error: unknown = await passages()
        .bulk(operations)
        .catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(SearchBulkError);
      return (error as SearchBulkError).failures.map(({ id, type }) => [id, type]);
    };

    it('changes fields and leaves the others', async () => {
      const before = await source(1);
      await passages().bulk([{ action: 'update', id: 1, document: { position: 77 } }]);
      expect(await source(1)).toEqual({ ...before, position: 77 });
    });

    it('changes by a script, upserts, and runs the script on what is upserted', async () => {
      const script = { source: 'ctx._source.position += params.by', params: { by: 10 } };
      await passages().bulk([
        { action: 'update', id: 1, script },
        { action: 'update', id: 101, script, upsert: { position: 1 } },
        { action: 'update', id: 102, script, upsert: { position: 1 }, scriptedUpsert: true },
        { action: 'update', id: 103, document: { position: 5 }, upsert: true },
        { action: 'update', id: 104, document: { position: 5 }, upsert: { position: 6 } },
      ]);
      const positions = await passages().getMany([1, 101, 102, 103, 104]);
      expect(positions.map((found) => found?.source.position)).toEqual([10, 1, 11, 5, 6]);
      await passages().delete([101, 102, 103, 104]);
    });

    it('creates where there is none, and reports by id where there is one, and does the others', async () => {
      const failures = await failuresOf([
        { action: 'create', id: 1, document: { position: 9 } },
        { action: 'create', id: 201, document: { position: 9 } },
        { action: 'update', id: 999, document: { position: 9 } },
      ]);
      expect(failures).toEqual([
        ['1', 'version_conflict_engine_exception'],
        ['999', 'document_missing_exception'],
      ]);
      expect(await source(1)).toMatchObject({ position: 0 });
      expect(await source(201)).toEqual({ position: 9 });
      await passages().delete(201);
    });

    it('writes and deletes only what has not changed since it was read', async () => {
      const { seqNo, primaryTerm } = (await passages().get(1))!;
      const unchanged = { ifSeqNo: seqNo, ifPrimaryTerm: primaryTerm };
      await passages().bulk([{ action: 'index', id: 1, document: { position: 1 }, ...unchanged }]);
      for (const late of [
        { action: 'index', id: 1, document: { position: 2 }, ...unchanged },
        { action: 'update', id: 1, document: { position: 2 }, ...unchanged },
        { action: 'delete', id: 1, ...unchanged },
      ] satisfies Operation[])
        expect(await failuresOf([late])).toEqual([['1', 'version_conflict_engine_exception']]);
      expect(await source(1)).toEqual({ position: 1 });
      const now = (await passages().get(1))!;
      await passages().bulk([{ action: 'delete', id: 1, ifSeqNo: now.seqNo, ifPrimaryTerm: now.primaryTerm }]);
      expect(await source(1)).toBeUndefined();
    });

    it('lets operations on one document take effect in their order, whatever they are', async () => {
      const script = { source: 'ctx._source.position = ctx._source.position * 10 + params.digit' };
      const digit = (value: number): Operation => ({
        action: 'update',
        id: 301,
        script: { ...script, params: { digit: value } },
      });
      function* operations(): Generator<Operation> {
        yield { action: 'index', id: 301, document: { position: 1 } };
        for (let n = 0; n < 1_500; n += 1) yield { action: 'index', id: 400 + (n % 50), document: { position: n } };
        yield* [2, 3, 4].map(digit);
        yield { action: 'index', id: 302, document: { position: 1 } };
        yield digit(5);
      }
      await passages().bulk(operations());
      expect(await source(301)).toEqual({ position: 12_345 });
      expect(await source(449)).toEqual({ position: 1_499 });
      await passages().bulk([
        { action: 'create', id: 303, document: { position: 1 } },
        { action: 'delete', id: 303 },
        { action: 'create', id: 303, document: { position: 2 } },
      ]);
      expect(await source(303)).toEqual({ position: 2 });
      await passages().delete([301, 302, 303, ...Array.from({ length: 50 }, (_, n) => 400 + n)]);
    });

    it.each<[string, unknown, RegExp]>([
      [
        'an action that is none',
        { action: 'upsert', id: 1, document: {} },
        /bulk\[1\]\.action must be 'index', 'create', 'update' or 'delete' \(got 'upsert'\)/,
      ],
      ['an action from the prototype', { action: 'toString', id: 1, document: {} }, /bulk\[1\]\.action must be/],
      ['no operation', null, /bulk\[1\] must be an operation/],
      ['no document', { action: 'index', id: 1 }, /bulk\[1\]\.document is needed/],
      ['no key', { action: 'delete' }, /bulk\[1\]\.id must be the key/],
      ['an empty key', { action: 'delete', id: '' }, /bulk\[1\]\.id must be the key/],
      ['a name that is none', { action: 'update', id: 1, doc: {} }, /bulk\[1\]\.doc is not an option/],
      [
        'what the action does not accept',
        { action: 'create', id: 1, document: {}, ifSeqNo: 1 },
        /bulk\[1\]\.ifSeqNo is not an option/,
      ],
      [
        'document and script',
        { action: 'update', id: 1, document: {}, script: { source: '' } },
        /must be one of the two/,
      ],
      ['half a condition', { action: 'delete', id: 1, ifSeqNo: 1 }, /must be given together/],
      [
        'retries of a condition',
        { action: 'update', id: 1, document: {}, ifSeqNo: 1, ifPrimaryTerm: 1, retryOnConflict: 2 },
        /cannot go with `ifSeqNo`/,
      ],
    ])('refuses %s before anything is sent', async (_name, operation, message) => {
      const operations = [{ action: 'delete', id: 1 }, operation] as Operation[];
      await expect(passages().bulk(operations)).rejects.toThrow(message);
      expect(await passages().exists(1)).toBe(true);
    });

    it('refuses an entity that was not flushed, by name', async () => {
      const em = running.orm.em.fork();
      const fresh = em.create(Address, {
        year: 2000,
        heldAt: new Date(0),
        place: { city: 'x' },
        president: em.getReference(President, 1),
      });
      const addresses = running.search.repository(Address);
      for (const call of [addresses.index(fresh), addresses.delete(fresh), addresses.index([fresh])])
        await expect(call).rejects.toThrow(
          /needs entities that have a key: this Address has no `id` yet, flush it first/,
        );
      await expect(addresses.index(undefined as never)).rejects.toThrow(SearchOptionError);
      for (const call of [addresses.get(undefined as never), addresses.delete(undefined as never), addresses.get('')])
        await expect(call).rejects.toThrow(/must be the key of a document|needs entities/);
    });

    it('writes what a transaction sees that is rolled back afterwards', async () => {
      const em = running.orm.em.fork();
      const addresses = running.search.repository(Address);
      await em.begin();
      const president = em.create(President, { id: 50, name: 'Nobody', party: Party.Whig });
      const address = em.create(Address, { id: 50, year: 1999, heldAt: new Date(0), place: { city: 'x' }, president });
      await em.flush();
      await addresses.index(address, { em });
      await em.rollback();
      expect((await addresses.get(50))?.source).toMatchObject({ year: 1999, president: { name: 'Nobody' } });
      await addresses.index(address);
      expect(await addresses.get(50)).toBeUndefined();
    });
  }),
);
