import { jest } from '@jest/globals';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { describeWith } from '@rookery/services';
import { Indexed, SearchField, type SearchRepository } from '@rookery/search';
import { startSearch, type Running } from '../harness.js';

/** Real servers on a loaded machine: each wait has a deadline of its own. */
jest.setTimeout(30_000);

@Entity()
@Indexed({ name: 'bags', settings: { number_of_shards: 1 } })
export class Bag {
  @PrimaryKey() id!: number;
  @SearchField({ type: 'object' }) @Property({ type: 'json' }) data!: object;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) word!: string;
}

/** What objects have of their own accord, and what a document may hold as data. */
const NAMES = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf', 'toJSON', 'then'];
const own = (name: string, value: unknown): object => Object.fromEntries([[name, value]]);

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'names that objects have of their own accord', () => {
    let running: Running;
    const bags = (): SearchRepository<Bag> => running.search.repository(Bag);
    beforeAll(async () => {
      running = await startSearch({ sync: 'manual' }, [Bag]);
      const connection = running.orm.em.fork().getConnection();
      for (const [id, name] of NAMES.entries())
        await connection.execute('insert into bag (id, data, word) values (?, ?::jsonb, ?)', [
          id,
          `{"in": {"${name}": {"x": ${id}}}}`,
          name,
        ]);
      await bags().indexAll();
      await bags().refresh();
    }, 40_000);
    afterAll(() => running.stop(), 30_000);

    it.each([...NAMES.entries()])('%i: %s is data in documents, from the row to every read', async (id, name) => {
      const text = JSON.stringify({ in: own(name, { x: id }) });
      const shown = (source: { readonly data?: object } | undefined): string => JSON.stringify(source?.data);
      expect(shown((await bags().get(id))?.source)).toBe(text);
      expect(shown((await bags().getMany([id]))[0]?.source)).toBe(text);
      const found = bags()
        .query()
        .filter((q) => q.term('word', name));
      for (const page of [await found.search(), await found.dates().search(), (await bags().searchMany([found]))[0]])
        expect(page.hits.map(({ source }) => shown(source))).toEqual([text]);
      for await (const { source } of bags().stream((query) => query.filter((q) => q.term('word', name))))
        expect(shown(source)).toBe(text);
    });

    it('nothing differs from the rows', async () => {
      const drift = [];
      for await (const one of running.search.migrations.verify(Bag)) drift.push(one);
      expect(drift).toEqual([]);
    });

    it.each(NAMES)('%s is a name of aggregations and of groups, and a word', async (name) => {
      const { aggregations } = await bags()
        .query()
        .page({ size: 0 })
        .aggregate(
          (a) =>
            own(
              name,
              a.filters((q) => own(name, q.term('word', name)) as never),
            ) as never,
        )
        .search();
      expect(Object.keys(aggregations as object)).toEqual([name]);
      const inner = Object.getOwnPropertyDescriptor(aggregations, name)!.value as { buckets: object };
      expect(JSON.stringify(inner)).toContain(JSON.stringify(name));
      const words = await bags()
        .query()
        .aggregate((a) => ({ words: a.terms('word', { size: 50 }) }))
        .aggregations();
      expect(words.words.buckets.map(({ key }) => key)).toContain(name);
    });
  }),
);
