import fc from 'fast-check';
import { jest } from '@jest/globals';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { describeWith } from '@rookery/services';
import { Indexed, SearchField, SearchService, type SearchQuery, type SearchRepository } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { MikroORM } from '@mikro-orm/postgresql';
import { dropIndices, ormConfig, uniqueName } from './harness.js';

/** Real servers on a loaded machine: each wait has a deadline of its own. */
jest.setTimeout(120_000);

@Entity()
@Indexed({ name: 'rows', settings: { number_of_shards: 3 } })
export class Row {
  @PrimaryKey() id!: number;
  @SearchField({ type: 'integer' }) @Property({ type: 'integer', nullable: true }) small?: number | null;
  @SearchField({ type: 'long' }) @Property({ type: 'bigint', nullable: true }) big?: bigint | null;
  @SearchField({ type: 'double' }) @Property({ type: 'double', nullable: true }) real?: number | null;
  @SearchField({ type: 'scaled_float', scalingFactor: 100 })
  @Property({ type: 'double', nullable: true })
  price?: number | null;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string', nullable: true }) word?: string | null;
  @SearchField({ type: 'date' }) @Property({ type: 'datetime', nullable: true }) at?: Date | null;
  @SearchField({ type: 'boolean' }) @Property({ type: 'boolean', nullable: true }) flag?: boolean | null;
}

const ROWS = 600;
type Field = 'small' | 'big' | 'real' | 'price' | 'word' | 'at' | 'flag';
type Plain = Readonly<Record<Field, bigint | number | string | boolean | null>> & { readonly id: string };

/** The same for every run: nulls, ties, negatives, and integers beyond 2^53 one apart. */
const DATA: readonly Plain[] = Array.from({ length: ROWS }, (_, n) => {
  const hash = (n * 2_654_435_761) % 4_294_967_296;
  const some = <V>(value: V, gap: number): V | null => ((hash >>> 3) % gap === 0 ? null : value);
  return {
    id: String(n),
    small: some((hash % 40) - 20, 4),
    big: some(9_007_199_254_740_993n + BigInt(hash % 90) * (n % 2 ? 1n : -100_000_000_000_000n), 5),
    real: some(((hash % 60) - 30) / 8, 6),
    price: some((hash % 70) / 4, 7),
    word: some(['', 'a', 'b', 'ß', 'zz', '1234567890123456789', '😀'][hash % 7]!, 5),
    at: some(new Date(1e12 + (hash % 50) * 86_400_000).toISOString(), 4),
    flag: some(hash % 2 === 0, 3),
  };
});

const ORDER = fc.record({
  field: fc.constantFrom<Field>('small', 'big', 'real', 'price', 'word', 'at', 'flag'),
  direction: fc.constantFrom('asc' as const, 'desc' as const),
  missing: fc.constantFrom('_first' as const, '_last' as const, undefined),
});
type Order = typeof ORDER extends fc.Arbitrary<infer O> ? O : never;

/** Independently of the engine: the whole list, sorted in memory. */
function sorted(orders: readonly Order[]): string[] {
  const compared = (a: Plain, b: Plain): number => {
    for (const { field, direction, missing = '_last' } of orders) {
      const [left, right] = [a[field], b[field]];
      if (left === null && right === null) continue;
      if (left === null || right === null) return (left === null) === (missing === '_last') ? 1 : -1;
      const order =
        typeof left === 'string'
          ? Buffer.compare(Buffer.from(left), Buffer.from(right as string))
          : left < right
            ? -1
            : left > right
              ? 1
              : 0;
      if (order !== 0) return direction === 'asc' ? order : -order;
    }
    return a.id < b.id ? -1 : 1;
  };
  return [...DATA].sort(compared).map(({ id }) => id);
}

for (const [service, address] of [
  ['opensearch', 'OPENSEARCH_URL'],
  ['opensearch2', 'OPENSEARCH2_URL'],
] as const)
  describeWith('postgres', 'postgres', () =>
    describeWith(service, `streams and cursors of ${service}`, () => {
      const prefix = uniqueName();
      let [orm, search]: [MikroORM, SearchService] = [] as never;
      let rows: SearchRepository<Row>;
      beforeAll(async () => {
        orm = await MikroORM.init(ormConfig('postgres', [Row]));
        const engine = openSearch({ node: process.env[address]! });
        search = new SearchService(orm, { engine, prefix, sync: 'manual' });
        await search.start();
        rows = search.repository(Row);
        // As the text of a number: JSON of JavaScript has no integers beyond 2^53.
        await rows.bulk(
          DATA.map(({ id, big, ...rest }) => ({
            action: 'index',
            id,
            document: { ...rest, big: big === null ? null : String(big) } as never,
          })),
          { refresh: true },
        );
      });
      afterAll(async () => {
        await search.close();
        await orm.close(true);
        if (service === 'opensearch') await dropIndices(prefix);
      });

      const ordered =
        (orders: readonly Order[]) =>
        (query: SearchQuery<Row>): SearchQuery<Row> =>
          orders.reduce(
            (made, { field, direction, missing }) =>
              made.sort(field as 'small', direction, missing === undefined ? {} : { missing }),
            query.options({ trackTotalHits: false }),
          );

      async function streamed(orders: readonly Order[], size: number): Promise<string[]> {
        const ids: string[] = [];
        const make = (query: SearchQuery<Row>): SearchQuery<Row> =>
          orders.reduce((made, one) => ordered([one])(made).options({ trackTotalHits: undefined }), query);
        for await (const { id } of rows.stream(make, { size })) ids.push(id);
        return ids;
      }

      async function paged(orders: readonly Order[], size: number): Promise<string[]> {
        const ids: string[] = [];
        for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
          const page = await rows.paginate(ordered(orders), { size, ...(cursor === undefined ? {} : { cursor }) });
          ids.push(...page.hits.map(({ id }) => id));
          cursor = page.nextCursor;
        }
        return ids;
      }

      it('give every row once, in the order of the whole list sorted in memory', async () => {
        await fc.assert(
          fc.asyncProperty(
            fc.uniqueArray(ORDER, { minLength: 1, maxLength: 3, selector: ({ field }) => field }),
            fc.constantFrom(7, 50, 100, 199, 600, 1_000),
            async (orders, size) => {
              const expected = sorted(orders);
              expect(await streamed(orders, size)).toEqual(expected);
              expect(await paged(orders, Math.max(size, 50))).toEqual(expected);
            },
          ),
          { numRuns: 25 },
        );
      });

      it('are exact in sort values, keys and sources, beyond 2^53 too', async () => {
        const bigs = DATA.flatMap(({ big }) => (big === null ? [] : [big as bigint]));
        const exact = [...new Set(bigs)].sort((a, b) => (a < b ? -1 : 1)).map(String);
        const page = await rows
          .query()
          .filter((q) => q.exists('big'))
          .sort('big')
          .page({ size: ROWS })
          .aggregate((a) => ({ bigs: a.terms('big', { size: ROWS, order: { key: 'asc' } }) }))
          .search();
        expect([...new Set(page.hits.map(({ sort }) => String(sort[0])))]).toEqual(exact);
        expect(page.hits.map(({ source }) => source.big)).toEqual(page.hits.map(({ sort }) => String(sort[0])));
        expect(page.aggregations.bigs.buckets.map(({ key }) => String(key))).toEqual(exact);
        const keys: string[] = [];
        for await (const { key } of rows
          .query()
          .everyBucket((a) => a.composite((s) => ({ big: s.terms('big') }), { size: 7 })))
          keys.push(String(key.big));
        expect(keys).toEqual(exact);
        expect(await rows.count((q) => q.filter((c) => c.term('big', BigInt(exact[3]!))))).toBe(
          bigs.filter((big) => String(big) === exact[3]).length,
        );
      });

      it('read a document with the name __proto__ as data', async () => {
        const document = JSON.parse('{"word":"proto","__proto__":{"x":1}}') as never;
        const index = `${prefix}-proto`;
        await fetch(`${process.env[address]}/${index}/_doc/1?refresh=true`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(document),
        });
        const engine = openSearch({ node: process.env[address]! });
        const found = await engine.get(index, '1');
        expect(JSON.stringify(found?.source)).toBe('{"word":"proto","__proto__":{"x":1}}');
        const { hits } = await engine.search({ index, body: {} });
        expect(Object.keys(hits.hits[0]!._source as object)).toEqual(['word', '__proto__']);
        for (const { index: made } of await engine.readIndices(`${prefix}-*`))
          if (made === index) await engine.deleteIndex(made);
        await engine.close();
      });
    }),
  );
