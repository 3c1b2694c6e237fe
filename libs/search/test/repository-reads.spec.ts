import { jest } from '@jest/globals';
import { describeWith } from '@rookery/services';
import { SearchNotFoundError, SearchQueryError } from '@rookery/search';
import { Address, Passage } from './entities.js';
import { seed } from './fixtures.js';
import { startSearch, type Running } from './harness.js';

/** Real servers on a loaded machine: each wait has a deadline of its own. */
jest.setTimeout(30_000);

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'reading documents', () => {
    let running: Running;
    beforeAll(async () => {
      running = await startSearch({ sync: 'manual' });
      await seed(running.orm.em.fork());
      await running.search.repository(Passage).indexAll();
      await running.search.repository(Address).indexAll();
    }, 40_000);
    afterAll(() => running.stop(), 30_000);

    const passages = () => running.search.repository(Passage);
    const text = (words: string) =>
      passages()
        .query()
        .must((q) => q.match('text', words));

    it('gets many in the order of the keys, with a hole where there is none', async () => {
      const found = await passages().getMany([3, 99, 1]);
      expect(found.map((document) => document?.id)).toEqual(['3', undefined, '1']);
      expect(found[0]!.source.text).toContain('freedom');
      expect(await passages().getMany([])).toEqual([]);
      expect(await passages().exists(3)).toBe(true);
      expect(await passages().exists('a/b')).toBe(false);
    });

    it('answers several searches in one request, in their order and typed each', async () => {
      const [union, parties] = await passages().searchMany([
        text('union'),
        passages()
          .query()
          .aggregate((a) => ({ parties: a.terms('address.president.party') }))
          .page({ size: 0 }),
      ]);
      expect(union.total).toBe(3);
      expect(parties.aggregations.parties.buckets).toHaveLength(3);
      expect(await passages().searchMany([])).toEqual([]);
      await expect(
        passages().searchMany([text('union'), text('x').raw({ query: { range: { position: { gte: 'x' } } } })]),
      ).rejects.toThrow(/search 2 of 2: .*For input string: "x"/);
    });

    it('streams all hits in requests of any size, each once', async () => {
      const ids: string[] = [];
      for await (const { id, source } of passages().stream(undefined, { size: 2 })) {
        expect(source.text).toBeTruthy();
        ids.push(id);
      }
      expect(ids.sort()).toEqual(['1', '2', '3', '4', '5', '6']);
      const ordered: number[] = [];
      for await (const { source } of passages().stream((q) => q.sort('address.year', 'desc'), { size: 4 }))
        ordered.push(source.address.year);
      expect(ordered).toEqual([1913, 1913, 1862, 1862, 1850, 1850]);
    });

    it('streams what was there at its beginning, whatever is written since', async () => {
      const seen: string[] = [];
      for await (const { id } of passages().stream(undefined, { size: 1 })) {
        if (seen.push(id) === 1)
          await passages().bulk([{ action: 'index', id: 'late', document: { text: 'late' } }], { refresh: true });
      }
      await passages().delete('late', { refresh: true });
      expect(seen).toHaveLength(6);
    });

    it('closes its point in time when the reader stops early, and ends by its signal', async () => {
      for await (const { id } of passages().stream(undefined, { size: 1 })) if (id) break;
      const open = (await (await fetch(`${process.env['OPENSEARCH_URL']}/_search/point_in_time/_all`)).json()) as {
        pits?: unknown[];
      };
      expect(open.pits ?? []).toEqual([]);
      const controller = new AbortController();
      const read = async (): Promise<void> => {
        for await (const { id } of passages().stream(undefined, { size: 1, signal: controller.signal }))
          if (id) controller.abort();
      };
      await expect(read()).rejects.toMatchObject({ code: 'SEARCH_ABORTED' });
    });

    it('pages by number', async () => {
      const page = await passages().paginate((q) => q.sort('address.year').sort('position'), { page: 2, size: 4 });
      expect(page.hits.map(({ source }) => source.address.year)).toEqual([1913, 1913]);
      expect(page).toMatchObject({ total: 6, size: 4, pageCount: 2, nextCursor: undefined });
    });

    it('pages by cursor through ties, each hit once', async () => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await passages().paginate((q) => q.sort('address.year'), {
          size: 1,
          ...(cursor ? { cursor } : {}),
        });
        seen.push(...page.hits.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor);
      expect(seen).toEqual(['1', '2', '3', '4', '5', '6']);
    });

    it('refuses a cursor that is none, or of another query', async () => {
      const { nextCursor } = await passages().paginate((q) => q.sort('address.year'), { size: 1 });
      const other = passages().paginate((q) => q.sort('position'), { size: 1, cursor: nextCursor! });
      await expect(other).rejects.toThrow(
        new SearchQueryError('cursor', 'the cursor belongs to another query or order: begin without one'),
      );
      for (const cursor of ['', '%%%', 'bnVsbA', Buffer.from('[]').toString('base64url')]) {
        await expect(passages().paginate((q) => q, { cursor })).rejects.toMatchObject({ code: 'SEARCH_QUERY_INVALID' });
      }
    });

    it('explains why a document matches, and validates without searching', async () => {
      const why = await passages().explain(1, (q) => q.must((c) => c.match('text', 'union')));
      expect(why.matched).toBe(true);
      expect(why.explanation).toHaveProperty('value');
      expect((await passages().explain(2, (q) => q.must((c) => c.match('text', 'union')))).matched).toBe(false);
      await expect(passages().explain(99, (q) => q)).rejects.toThrow(SearchNotFoundError);
      expect(await passages().validate((q) => q.must((c) => c.match('text', 'union')))).toMatchObject({ valid: true });
      const invalid = await passages().validate((q) => q.filter((c) => c.raw({ range: { position: { gte: 'x' } } })));
      expect(invalid.valid).toBe(false);
      expect(invalid.explanations.join()).toContain('x');
    });

    it('searches several indices at once and distinguishes hits by type', async () => {
      const across = running.search.across([Passage, Address]);
      const page = await across.search((q) => q.page({ size: 20 }));
      expect(page.total).toBe(9);
      const years = page.hits.flatMap((hit) => (hit.is(Address) ? hit.source.year : []));
      const texts = page.hits.flatMap((hit) => (hit.is(Passage) ? hit.source.text : []));
      expect(years.sort()).toEqual([1850, 1862, 1913]);
      expect(texts).toHaveLength(6);
      expect(await across.count()).toBe(9);
      await expect(across.search((q) => q.filter((c) => c.exists('year' as never)))).rejects.toThrow(
        '`year` is no field of',
      );
      expect(() => running.search.across([])).toThrow('needs at least one entity');
    });

    it('loads the entities of hits in their order with one query, and names those without a row', async () => {
      await passages().bulk(
        [
          { action: 'index', id: 77, document: { text: 'union union' } },
          { action: 'index', id: 'no number', document: { text: 'union' } },
        ],
        { refresh: true },
      );
      const em = running.orm.em.fork();
      const { hits } = await text('union').sort('_score', 'desc').page({ size: 10 }).search();
      const { entities, missing } = await passages().hydrate(em, hits, { populate: ['address'] });
      expect([...missing].sort()).toEqual(['77', 'no number']);
      expect(entities.map(({ id }) => `${id}`)).toEqual(hits.map(({ id }) => id).filter((id) => !missing.includes(id)));
      expect(entities).toHaveLength(3);
      expect(entities[0]!.address.year).toBeGreaterThan(0);
      expect(em.getUnitOfWork().getById(Passage.name as never, entities[0]!.id as never)).toBe(entities[0]);
      expect(await passages().hydrate(em, [])).toEqual({ entities: [], missing: [] });
      await passages().delete([77, 'no number'], { refresh: true });
    });
  }),
);
