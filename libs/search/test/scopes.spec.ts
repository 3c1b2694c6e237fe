import { Collection, type Opt } from '@mikro-orm/core';
import { Entity, ManyToMany, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { jest } from '@jest/globals';
import { describeWith } from '@rookery/services';
import {
  Indexed,
  SearchField,
  SearchNotFoundError,
  SearchOptionError,
  SearchQueryError,
  type DriftedDocument,
  type IndexAllProgress,
  type SearchEngine,
  type SearchRepository,
  type VerifyOptions,
} from '@rookery/search';
import { startSearch, type Running } from './harness.js';

jest.setTimeout(30_000);

@Entity()
class Label {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
}

/** In an index as it is, in one that is routed by tenant, and in one that some rows have no document in. */
@Entity()
@Indexed({ name: 'tickets', settings: { number_of_shards: 2 } })
@Indexed<Ticket>({
  name: 'routed',
  routing: (ticket) => String(ticket.tenant),
  preload: () => undefined,
  settings: { number_of_shards: 3 },
})
@Indexed<Ticket>({
  name: 'kept',
  where: { hidden: false },
  when: ({ title }) => title !== 'secret',
  reads: ['title'],
  settings: { number_of_shards: 1 },
})
class Ticket {
  @Property({ type: 'boolean', default: false }) hidden: boolean & Opt = false;
  @PrimaryKey() id!: number;
  @SearchField({ type: 'integer' }) @Property({ type: 'integer' }) tenant!: number;
  @SearchField() @Property({ type: 'text' }) title!: string;
  @ManyToMany(() => Label) labels = new Collection<Label>(this);
}

const COUNT = 1_200;

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'scopes', () => {
    let running: Running;
    const tickets = (index = 'tickets'): SearchRepository<Ticket> => running.search.repository(Ticket, index);
    const sql = (text: string): Promise<unknown> => running.orm.em.getConnection().execute(text);
    const drift = async (index: string, options?: VerifyOptions<Ticket>): Promise<DriftedDocument[]> => {
      const all: DriftedDocument[] = [];
      for await (const one of running.search.migrations.verify<Ticket>(index, options)) all.push(one);
      return all.sort((a, b) => Number(a.key) - Number(b.key));
    };
    const brief = (drifted: readonly DriftedDocument[]): string[] =>
      drifted.map(({ key, drift: kind }) => `${String(key)} ${kind}`);

    beforeAll(async () => {
      running = await startSearch({ sync: 'manual', bulk: { maxBytes: 4_096 } }, [Label, Ticket]);
      await sql(`insert into label (id, name) values (1, 'red'), (2, 'reddish')`);
    }, 40_000);
    beforeEach(async () => {
      await sql('delete from ticket_labels');
      await sql('delete from ticket');
      await sql(
        `insert into ticket (id, tenant, title) select n, n % 3, 'title ' || n from generate_series(1, ${COUNT}) n`,
      );
      await running.search.recreateIndex('tickets');
      await running.search.recreateIndex('routed');
      await running.search.recreateIndex('kept');
    });
    afterAll(() => running.stop(), 30_000);

    const indexAllBoth = async (): Promise<void> => {
      for (const index of ['tickets', 'routed']) await tickets(index).indexAll();
    };

    describe('of indexAll', () => {
      it('write the rows that match, and count those alone', async () => {
        const seen: IndexAllProgress[] = [];
        const onProgress = (progress: IndexAllProgress): void => void seen.push(progress);
        expect(await tickets().indexAll({ where: { tenant: 1 }, pageSize: 150, onProgress })).toEqual({
          done: 400,
          total: 400,
        });
        expect(seen.at(-1)).toEqual({ done: 400, total: 400 });
        expect(await tickets().count()).toBe(400);
        expect(await tickets().count((q) => q.filter((c) => c.term('tenant', 1)))).toBe(400);
        expect(await tickets().indexAll({ where: { id: { $gt: 10, $lte: 20 }, tenant: { $ne: 1 } } })).toMatchObject({
          done: 7,
        });
      });

      it('write each row once, however many related rows match', async () => {
        await sql('insert into ticket_labels (ticket_id, label_id) select id, l from ticket, generate_series(1, 2) l');
        const where = { labels: { name: { $like: 'red%' } } };
        expect(await tickets().indexAll({ where, pageSize: 500 })).toEqual({ done: COUNT, total: COUNT });
      });

      it.each<[unknown, RegExp]>([
        [{}, /indexAll\.where must be conditions on rows/],
        [{ tenant: undefined }, /none of them empty or undefined/],
        [{ $or: [{ tenant: 1 }, { title: undefined }] }, /none of them empty or undefined/],
        [7, /must be conditions on rows/],
        [{ tenat: 1 }, /that the ORM can read: .*Ticket\.tenat/],
        [{ tenant: 'none' }, /that the ORM can read: .*integer/],
      ])('are refused for %p', async (where, message) => {
        const refused = tickets().indexAll({ where: where as never });
        await expect(refused).rejects.toThrow(SearchOptionError);
        await expect(refused).rejects.toThrow(message);
        expect(await tickets().count()).toBe(0);
      });
    });

    describe('of verify and repair', () => {
      /** For tenants 1 and 2 alike: a row that is new, one that has changed, one that is gone. */
      const change = async (): Promise<void> => {
        await sql(`insert into ticket (id, tenant, title) values (2001, 1, 'new'), (2002, 2, 'new')`);
        await sql(`update ticket set title = 'changed' where id in (1, 2)`);
        await sql('delete from ticket where id in (4, 5)');
      };

      it.each(['tickets', 'routed'])(
        'are the rows that match: nothing else is read, reported or written (%s)',
        async (index) => {
          await indexAllBoth();
          await change();
          expect(brief(await drift(index, { where: { tenant: 1 } }))).toEqual(['1 outdated', '2001 missing']);
          expect(await running.search.migrations.repair<Ticket>(index, { where: { tenant: 1 } })).toEqual({
            missing: 1,
            orphaned: 0,
            outdated: 1,
          });
          expect(await drift(index, { where: { tenant: 1 } })).toEqual([]);
          expect(brief(await drift(index))).toEqual(['2 outdated', '4 orphaned', '5 orphaned', '2002 missing']);
        },
      );

      it.each(['tickets', 'routed'])(
        'find documents without row where it says which are its own (%s)',
        async (index) => {
          await indexAllBoth();
          await change();
          const options: VerifyOptions<Ticket> = { where: { tenant: 1 }, documents: (q) => q.term('tenant', 1) };
          expect(brief(await drift(index, options))).toEqual(['1 outdated', '4 orphaned', '2001 missing']);
          expect(await running.search.migrations.repair(index, options)).toEqual({
            missing: 1,
            orphaned: 1,
            outdated: 1,
          });
          expect(brief(await drift(index))).toEqual(['2 outdated', '5 orphaned', '2002 missing']);
        },
      );

      it('leave a document alone whose row has moved out of the scope', async () => {
        await indexAllBoth();
        await sql('update ticket set tenant = 2 where id = 7');
        const options: VerifyOptions<Ticket> = { where: { tenant: 1 }, documents: (q) => q.term('tenant', 1) };
        for (const index of ['tickets', 'routed']) expect(await drift(index, options)).toEqual([]);
        expect(brief(await drift('tickets', { where: { tenant: 2 } }))).toEqual(['7 outdated']);
        // It is still on the shard of its former tenant, and now of this scope.
        expect(brief(await drift('routed', { where: { tenant: 2 } }))).toEqual(expect.arrayContaining(['7 missing']));
        await running.search.migrations.repair<Ticket>('routed', { where: { tenant: 2 } });
        expect(await drift('routed')).toEqual([]);
      });

      it('count a document as orphaned whose row is in the scope and is to have none', async () => {
        await tickets('kept').indexAll();
        await sql('update ticket set hidden = true where id in (1, 2, 7)');
        await sql(`update ticket set title = 'secret' where id in (4, 5)`);
        await sql('update ticket set tenant = 2 where id = 7');
        expect(brief(await drift('kept', { where: { tenant: 1 } }))).toEqual(['1 orphaned', '4 orphaned']);
        // The document of 7 is of tenant 1, and its row is not.
        const options: VerifyOptions<Ticket> = { where: { tenant: 1 }, documents: (q) => q.term('tenant', 1) };
        expect(brief(await drift('kept', options))).toEqual(['1 orphaned', '4 orphaned']);
        expect(await running.search.migrations.repair('kept', options)).toEqual({
          missing: 0,
          orphaned: 2,
          outdated: 0,
        });
        expect(brief(await drift('kept'))).toEqual(['2 orphaned', '5 orphaned', '7 orphaned']);
      });

      it('find what lies on another shard than its row belongs on', async () => {
        await indexAllBoth();
        const [first, second, third] = await running.search['assembly'].parts.engine.shardRoutings(
          tickets('routed').indexName,
        );
        const document = { tenant: 1, title: 'title 1' };
        const operations = [first, second, third].map(
          (routing) => ({ action: 'index', id: 1, document, routing }) as const,
        );
        await tickets('routed').bulk(operations, { refresh: true });
        expect(brief(await drift('routed', { where: { id: 1 } }))).toEqual(['1 orphaned']);
        await running.search.migrations.repair<Ticket>('routed', { where: { id: 1 } });
        expect(await drift('routed')).toEqual([]);
        expect(await tickets('routed').count((q) => q.filter((c) => c.ids(['1'])))).toBe(1);
      });

      it('are refused by name', async () => {
        await expect(drift('tickets', { where: {} })).rejects.toThrow(/^verify\.where must be conditions/);
        await expect(drift('tickets', { where: { tenat: 1 } as never })).rejects.toThrow(
          /^verify\.where must be .*tenat/,
        );
        await expect(drift('tickets', { documents: (q) => q.term('tenant', 1) })).rejects.toThrow(
          'verify.documents needs where',
        );
        await expect(
          drift('tickets', { where: { id: 1 }, documents: (q) => q.term('tenat' as never, 1 as never) }),
        ).rejects.toThrow(SearchQueryError);
        await expect(
          running.search.migrations.repair('tickets', { where: { tenant: undefined } as never }),
        ).rejects.toThrow(/^repair\.where/);
      });
    });

    describe('of keys that come one by one', () => {
      it('write rows, and delete documents without one, from keys and entities alike', async () => {
        await tickets().bulk([{ action: 'index', id: 9_999, document: { tenant: 1, title: 'gone' } }], {
          refresh: true,
        });
        const entity = await running.orm.em.fork().findOneOrFail(Ticket, 3);
        const seen: IndexAllProgress[] = [];
        const done = await tickets().indexEach([1, 2, entity, 9_999, 2], { onProgress: (at) => seen.push(at) });
        expect(done).toEqual({ done: 5, total: 5 });
        expect(seen.at(-1)).toMatchObject({ total: 5 });
        const page = await tickets().query().search();
        expect(page.hits.map(({ id }) => Number(id)).sort()).toEqual([1, 2, 3]);
      });

      it('are taken no faster than they are written', async () => {
        const { engine } = running.search['assembly'].parts;
        let [taken, written, ahead] = [0, 0, 0];
        const bulk = engine.bulk.bind(engine);
        const watched = engine as { bulk: SearchEngine['bulk'] };
        watched.bulk = async (operations, options) => {
          const outcomes = await bulk(operations, options);
          ahead = Math.max(ahead, taken - written);
          written += operations.length;
          return outcomes;
        };
        const keys = (async function* () {
          for (let key = 1; key <= COUNT; key += 1) {
            taken += 1;
            yield await Promise.resolve(key);
          }
        })();
        try {
          await tickets().indexEach(keys, { pageSize: 10 });
        } finally {
          watched.bulk = bulk;
        }
        expect(taken).toBe(COUNT);
        // Two requests under way, one that is made ready, and a page: some 20 documents each.
        expect(ahead).toBeLessThan(120);
        expect(await tickets().count()).toBe(COUNT);
      });

      it('write what came before the source failed, and end the source that a bad key ends', async () => {
        const failing = (function* () {
          for (let key = 1; key <= 30; key += 1) yield key;
          throw new Error('the file ends here');
        })();
        await expect(tickets().indexEach(failing, { pageSize: 10 })).rejects.toThrow('the file ends here');
        let ended = false;
        const bad = (function* () {
          try {
            yield 1;
            yield {} as never;
          } finally {
            ended = true;
          }
        })();
        await expect(tickets().indexEach(bad)).rejects.toThrow(/^indexEach needs entities that have a key/);
        expect(ended).toBe(true);
        await expect(tickets().indexEach('abc' as never)).rejects.toThrow(/^indexEach needs keys or entities/);
        await expect(tickets().indexEach({} as never)).rejects.toThrow(/^indexEach needs keys or entities/);
      });
    });

    describe('of a query', () => {
      it('are an index by its name, and hits say where they are', async () => {
        await indexAllBoth();
        const [{ index: live } = { index: '' }] = await running.search['assembly'].parts.engine.readIndices(
          tickets().indexName,
        );
        const page = await tickets()
          .query()
          .inIndex(live)
          .filter((q) => q.term('tenant', 1))
          .search();
        expect(page.total).toBe(400);
        expect(page.hits[0]).toMatchObject({ index: live, routing: undefined });
        const routed = await tickets('routed')
          .query()
          .filter((q) => q.term('tenant', 2))
          .search();
        expect(new Set(routed.hits.map(({ routing }) => routing))).toEqual(new Set(['2']));
        const hits = [];
        for await (const hit of tickets('routed').stream((q) => q.filter((c) => c.ids(['1'])))) hits.push(hit);
        expect(hits).toMatchObject([{ id: '1', routing: '1', index: expect.stringContaining('routed-v1-') as string }]);
      });

      it('refuse what is no index of their model', async () => {
        const other = tickets('routed').indexName;
        await expect(tickets().query().inIndex(other).search()).rejects.toThrow(/stands for .*routed-v1.*made for/);
        await expect(tickets().query().inIndex('none-such').count()).rejects.toThrow(SearchNotFoundError);
        for (const name of ['', '*', 'a,b', '-a', 'A', '_all', 7])
          expect(() =>
            tickets()
              .query()
              .inIndex(name as never),
          ).toThrow(SearchQueryError);
        const id = await tickets().openPointInTime('1m');
        await expect(tickets().query().pointInTime(id).inIndex(tickets().indexName).search()).rejects.toThrow(
          /point in time is of the index/,
        );
        await tickets().closePointInTime(id);
      });
    });
  }),
);
