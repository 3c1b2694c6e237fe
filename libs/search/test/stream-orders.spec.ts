import { jest } from '@jest/globals';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { describeWith } from '@rookery/services';
import { Indexed, SearchField, SearchQueryError, SearchService, type SearchRepository } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { ormConfig, uniqueName } from './harness.js';

/** Real servers on a loaded machine: each wait has a deadline of its own. */
jest.setTimeout(60_000);

const FIELDS = {
  byte: { type: 'byte' },
  short: { type: 'short' },
  integer: { type: 'integer' },
  long: { type: 'long' },
  half: { type: 'half_float' },
  float: { type: 'float' },
  double: { type: 'double' },
  scaled: { type: 'scaled_float', scalingFactor: 10 },
  words: { type: 'token_count', analyzer: 'standard' },
  seconds: { type: 'date', format: 'epoch_second' },
  day: { type: 'date', format: 'yyyy-MM-dd' },
  instant: { type: 'date' },
  flag: { type: 'boolean' },
  address: { type: 'ip' },
  word: { type: 'keyword' },
  lower: { type: 'keyword', normalizer: 'lowercase' },
  wild: { type: 'wildcard', docValues: true },
  digits: { type: 'keyword' },
  several: { type: 'integer' },
  severalBig: { type: 'long' },
  severalWords: { type: 'keyword' },
  severalDays: { type: 'date' },
} as const;
type Name = keyof typeof FIELDS;
const SORTED = Object.keys(FIELDS).filter((name) => name !== 'wild');

@Entity()
@Indexed({ name: 'orders', settings: { number_of_shards: 3 }, mapping: { dynamic: false } })
export class Sorted {
  @PrimaryKey() id!: number;
  @SearchField({ type: 'geo_point' }) @Property({ type: 'json', nullable: true }) place?: { lat: number; lon: number };
  @SearchField({ type: 'nested', properties: { price: { type: 'integer' }, kind: { type: 'keyword' } } })
  @Property({ type: 'json', nullable: true })
  parts?: { price: number; kind: string }[];
}
for (const [name, options] of Object.entries(FIELDS)) {
  Property({ type: 'json', nullable: true })(Sorted.prototype, name);
  SearchField(options as never)(Sorted.prototype, name);
}

const ROWS = 240;
const DATA = Array.from({ length: ROWS }, (_, n) => {
  const hash = (n * 2_654_435_761) % 4_294_967_296;
  const some = <V>(value: V, gap: number): V | null => ((hash >>> 4) % gap === 0 ? null : value);
  const date = new Date(1e12 + ((hash % 21) - 10) * 86_400_000 * 400);
  return {
    id: String(n),
    byte: some((hash % 256) - 128, 5),
    short: some((hash % 40) * 1_600 - 32_000, 4),
    integer: some((hash % 33) - 16, 6),
    long: some(String(9_007_199_254_740_993n * (n % 2 ? -1n : 1n) + BigInt(hash % 40)), 4),
    half: some((hash % 30) / 7, 5),
    float: some((hash % 50) / 3 - 8, 5),
    double: some((hash % 50) / 3 - 8, 4),
    scaled: some((hash % 44) / 8 - 2, 4),
    words: some('word '.repeat(hash % 6), 5),
    seconds: some(Math.floor(date.getTime() / 1000), 4),
    day: some(date.toISOString().slice(0, 10), 5),
    instant: some(date.toISOString(), 4),
    flag: some(hash % 2 === 0, 3),
    address: some(hash % 3 ? `10.0.${hash % 5}.${hash % 7}` : `2001:db8::${(hash % 9).toString(16)}`, 4),
    word: some(['', ' ', 'a', 'A', 'ß', '\u{1F600}', '\uFFFF'][hash % 7], 5),
    lower: some(['Ab', 'aB', 'c', 'D'][hash % 4], 5),
    digits: some(['1234567890123456789', '-9223372036854775808', '9223372036854775807', '7', '1e5'][hash % 5], 4),
    several: some([hash % 9, hash % 17, -(hash % 5)], 4),
    severalBig: some(['9007199254740993', String(-9_007_199_254_740_993n + BigInt(hash % 9))], 4),
    severalWords: some(['x', `y${hash % 6}`, `z${hash % 4}`].slice(hash % 3), 4),
    severalDays: some([date.toISOString(), new Date(0).toISOString()], 5),
    place: some({ lat: (hash % 13) * 5, lon: (hash % 11) * 7 }, 4),
    parts: some(
      [
        { price: hash % 9, kind: 'a' },
        { price: hash % 23, kind: 'b' },
      ].slice(hash % 3),
      4,
    ),
  };
});

type Query = ReturnType<SearchRepository<Sorted>['query']>;
type Untyped = { sort(field: string, direction: string, options?: object): Query };
const by =
  (field: string, direction: string, options: object = {}) =>
  (query: Query): Query =>
    (query as unknown as Untyped).sort(field, direction, options);

/** A value for documents without one, as its field has it. */
const STANDS_IN: Partial<Record<Name, string | number>> = {
  byte: 3,
  short: -5,
  integer: 0,
  long: '9007199254740994',
  half: 1.5,
  float: -3.25,
  double: 2.5,
  scaled: 1.2,
  words: 2,
  word: 'b',
  lower: 'c',
  digits: '8',
  day: '1999-06-01',
  several: 4,
  severalWords: 'y2',
};

const ORDERS: Readonly<Record<string, (query: Query) => Query>> = {
  ...Object.fromEntries(
    SORTED.flatMap((name) =>
      ['asc', 'desc'].flatMap((direction) =>
        ['_first', '_last', STANDS_IN[name as Name]]
          .filter((missing) => missing !== undefined)
          .map((missing) => [`${name} ${direction}, missing ${missing}`, by(name, direction, { missing })]),
      ),
    ),
  ),
  ...Object.fromEntries(
    ['several', 'severalBig', 'severalDays'].flatMap((name) =>
      ['min', 'max', ...(name === 'severalDays' ? [] : ['sum', 'avg', 'median'])].map((mode) => [
        `${name} by ${mode}`,
        by(name, 'asc', { mode }),
      ]),
    ),
  ),
  'the least price of all parts': by('parts.price', 'asc'),
  'the greatest price of all parts, first those without': by('parts.price', 'desc', { missing: '_first' }),
  'the price of some parts': (query) =>
    query.sort('parts.price' as never, 'asc', (q) => ({ filter: q.term('parts.kind' as never, 'b' as never) })),
  'a whole number as a double': by('integer', 'desc', { numericType: 'double' }),
  'a number of seconds as nanoseconds': by('instant', 'asc', { numericType: 'date_nanos' }),
  'a distance': (query) => query.sortByDistance('place' as never, { lat: 20, lon: 30 }),
  'a distance, farthest first': (query) =>
    query.sortByDistance('place' as never, { lat: 20, lon: 30 }, { direction: 'desc', unit: 'km' }),
  'a number by script': (query) =>
    query.sortByScript('number', { source: "doc['integer'].size() == 0 ? 0 : doc['integer'].value % 5" }, 'desc'),
  'a text by script': (query) =>
    query.sortByScript('string', { source: "doc['word'].size() == 0 ? 'none' : doc['word'].value + '1'" }),
  'the score': (query) =>
    query
      .must((q) => q.matchAll())
      .should((q) => q.exists('integer' as never))
      .sort('_score', 'desc'),
  'three fields': (query) => by('flag', 'desc')(by('day', 'asc', { missing: '_first' })(by('half', 'desc')(query))),
};
for (const [service, address] of [
  ['opensearch', 'OPENSEARCH_URL'],
  ['opensearch2', 'OPENSEARCH2_URL'],
] as const)
  describeWith('postgres', 'postgres', () =>
    describeWith(service, `streams and cursors of ${service}`, () => {
      const prefix = uniqueName();
      let [orm, search]: [MikroORM, SearchService] = [] as never;
      let rows: SearchRepository<Sorted>;
      beforeAll(async () => {
        orm = await MikroORM.init(ormConfig('postgres', [Sorted]));
        search = new SearchService(orm, {
          engine: openSearch({ node: process.env[address]! }),
          prefix,
          sync: 'manual',
        });
        await search.start();
        rows = search.repository(Sorted);
        await rows.bulk(
          DATA.map(({ id, ...document }) => ({ action: 'index', id, document: document as never })),
          { refresh: true },
        );
      });
      afterAll(async () => {
        await rows.control.delete();
        await search.close();
        await orm.close(true);
      });

      /** Sort values of the first hits; the last is the id. */
      const firstOf = async (order: (query: Query) => Query, size: number): Promise<(readonly unknown[])[]> =>
        (await rows.paginate(order, { size: 1_000 })).hits.slice(0, size).map(({ sort }) => sort);

      async function streamed(order: (query: Query) => Query, size: number): Promise<string[]> {
        const ids: string[] = [];
        for await (const { id } of rows.stream(order, { size })) ids.push(id);
        return ids;
      }

      async function paged(order: (query: Query) => Query, size: number): Promise<string[]> {
        const ids: string[] = [];
        for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
          const page = await rows.paginate(order, { size, ...(cursor === undefined ? {} : { cursor }) });
          ids.push(...page.hits.map(({ id }) => id));
          if (ids.length > 2 * ROWS) throw new Error(`never ends: ${ids.slice(-5).join()}`);
          cursor = page.nextCursor;
        }
        return ids;
      }

      it('refuse an order that they could not go on in', async () => {
        const wild = by('wild', 'asc');
        const goOn = { message: expect.stringContaining('`wild` is wildcard: no stream or cursor goes on') as string };
        await expect(rows.paginate(wild, { size: 10 })).rejects.toMatchObject(goOn);
        await expect(rows.stream(wild).next()).rejects.toMatchObject(goOn);
        await expect(rows.paginate((q) => q.sort('_doc'), { size: 10 })).rejects.toThrow(SearchQueryError);
      });

      it('go on in the order on disk that a point in time keeps', async () => {
        const id = await rows.openPointInTime();
        const kept = await paged((q) => q.sort('_doc').pointInTime(id), 37);
        expect([kept.length, new Set(kept).size]).toEqual([ROWS, ROWS]);
        await rows.closePointInTime(id);
      });

      it.each(Object.keys(ORDERS).filter((name) => /^(day|seconds|instant)/.test(name)))(
        'are begun by a page that passes over no shard in the order of %s',
        async (name) => {
          const order = ORDERS[name]!;
          const expected = (await firstOf(order, 200)).map((values) => values.slice(0, -1));
          const page = await order(rows.query()).page({ size: 200 }).search();
          expect(page.hits.map(({ sort }) => sort)).toEqual(expected);
        },
      );

      const KEPT = [{}, { missingBucket: true }, { order: 'desc' }, { order: 'desc', missingBucket: true }];
      const SOURCES = SORTED.map((name) => [name, FIELDS[name as Name]] as const).flatMap(([name, { type }]) => [
        `terms of ${name}`,
        ...(type === 'date' ? [`dateHistogram of ${name}`] : []),
        ...(/byte|short|integer|long|float|double/.test(type) ? [`histogram of ${name}`] : []),
      ]);
      it.each(SOURCES.flatMap((of) => KEPT.map((options) => [of, options] as const)))(
        'give every bucket once, in pages of any size: %s %j',
        async (of, options) => {
          const [kind, name] = of.split(' of ') as [string, string];
          const step = { terms: [], histogram: [3], dateHistogram: [{ calendarInterval: 'month' }] }[kind]!;
          const buckets = async (size: number): Promise<unknown[]> => {
            const all: unknown[] = [];
            const pages = rows.query().everyBucket((a) =>
              a.composite(
                (s) => ({
                  one: (s as unknown as Record<string, (...given: unknown[]) => never>)[kind]!(name, ...step, options),
                }),
                { size },
              ),
            );
            for await (const bucket of pages) {
              all.push(bucket);
              if (all.length > 1_000) throw new Error('never ends');
            }
            return all;
          };
          const whole = await buckets(1_000);
          expect(whole.length).toBeGreaterThan(0);
          expect(await buckets(Math.ceil(whole.length / 3))).toEqual(whole);
        },
      );

      it.each(Object.keys(ORDERS))('go on where they were in the order of %s', async (name) => {
        const order = ORDERS[name]!;
        const whole = await paged(order, 1_000);
        expect(new Set(whole).size).toBe(ROWS);
        expect(await paged(order, 61)).toEqual(whole);
        expect(await streamed(order, 83)).toEqual(whole);
      });
    }),
  );
