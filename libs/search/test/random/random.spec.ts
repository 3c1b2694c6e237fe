import fc from 'fast-check';
import { jest } from '@jest/globals';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { describeWith } from '@rookery/services';
import { Indexed, SearchError, SearchField, SearchService } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { ormConfig, uniqueName } from '../harness.js';
import { dropIndices } from '../left-behind.js';
import { randomQuery, type AnyQuery, type Make } from './random-query.js';

/** `RANDOM_QUERIES=10000` for the long form, `RANDOM_SEED=…` to run one again. */
const RUNS = Number(process.env['RANDOM_QUERIES'] ?? 60);
const SEED = Number(process.env['RANDOM_SEED'] ?? Date.now() % 2 ** 31);

/** Real servers on a loaded machine: each wait has a deadline of its own. */
jest.setTimeout(60_000 + RUNS * 600);

@Entity()
@Indexed({ name: 'dice', settings: { number_of_shards: 2 } })
@Indexed({ name: 'spare', settings: { number_of_shards: 1 } })
export class Die {
  @PrimaryKey() id!: number;
  @SearchField({ type: 'integer' }) @Property({ type: 'integer', nullable: true }) small?: number;
  @SearchField({ type: 'long' }) @Property({ type: 'bigint', nullable: true }) big?: bigint;
  @SearchField({ type: 'double' }) @Property({ type: 'double', nullable: true }) real?: number;
  @SearchField({ type: 'scaled_float', scalingFactor: 100 })
  @Property({ type: 'double', nullable: true })
  price?: number;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string', nullable: true }) word?: string;
  @SearchField({ type: 'date' }) @Property({ type: 'datetime', nullable: true }) at?: Date;
  @SearchField({ type: 'boolean' }) @Property({ type: 'boolean', nullable: true }) flag?: boolean;
  @SearchField({ fields: { raw: { type: 'keyword' } } }) @Property({ type: 'text' }) text!: string;
}

for (const [service, address] of [
  ['opensearch', 'OPENSEARCH_URL'],
  ['opensearch2', 'OPENSEARCH2_URL'],
] as const)
  describeWith('postgres', 'postgres', () =>
    describeWith(service, `random queries on ${service}`, () => {
      const prefix = uniqueName();
      let [orm, search]: [MikroORM, SearchService] = [] as never;
      beforeAll(async () => {
        orm = await MikroORM.init(ormConfig('postgres', [Die]));
        search = new SearchService(orm, {
          engine: openSearch({ node: process.env[address]! }),
          prefix,
          sync: 'manual',
        });
        await search.start();
        for (const index of ['dice', 'spare'])
          await search.repository(Die, index).bulk(
            Array.from({ length: 40 }, (_, n) => ({
              action: 'index' as const,
              id: n,
              document: {
                text: n % 2 ? 'a silver key' : 'an iron key',
                ...(n % 3 ? { small: n, real: n / 4, price: n / 4, word: `w${n % 5}`, flag: n % 2 === 0 } : {}),
                ...(n % 4 ? { big: '9007199254740993', at: new Date(n * 1e10).toISOString() } : {}),
              },
            })),
            { refresh: true },
          );
      });
      afterAll(async () => {
        await dropIndices(prefix, process.env[address]);
        await search.close();
        await orm.close(true);
      });

      /** Each call, which resolves with what it must be, or rejects. */
      const calls = (): Readonly<Record<string, (make: Make) => Promise<unknown>>> => {
        const dice = search.repository(Die, 'dice');
        const spare = search.repository(Die, 'spare');
        const fresh = (): AnyQuery => dice.query() as unknown as AnyQuery;
        const aPage = (page: unknown): void =>
          expect(page).toMatchObject({
            hits: expect.any(Array) as unknown[],
            total: expect.any(Number) as number,
            tookMs: expect.any(Number) as number,
            timedOut: expect.any(Boolean) as boolean,
            aggregations: expect.any(Object) as object,
          });
        return {
          search: async (make) => aPage(await make(fresh()).search()),
          searchMany: async (make) => (await dice.searchMany([make(fresh()), fresh()])).forEach(aPage),
          across: async (make) => aPage(await search.across([Die]).search(make as never)),
          paginate: async (make) => aPage(await dice.paginate(make as never, { size: 7 })),
          stream: async (make) => {
            for await (const hit of dice.stream(make as never, { size: 11 })) expect(typeof hit.id).toBe('string');
          },
          aggregate: async (make) => expect(await dice.aggregate(make as never)).toEqual(expect.any(Object)),
          everyBucket: async (make) => {
            const buckets = (make(fresh()) as unknown as ReturnType<typeof dice.query>).everyBucket((a) =>
              a.composite((s) => ({ word: s.terms('word') })),
            );
            for await (const { count } of buckets) expect(typeof count).toBe('number');
          },
          count: async (make) => expect(await dice.count(make as never)).toEqual(expect.any(Number)),
          explain: async (make) => expect(typeof (await dice.explain(1, make as never)).matched).toBe('boolean'),
          validate: async (make) => expect(typeof (await dice.validate(make as never)).valid).toBe('boolean'),
          updateByQuery: async (make) =>
            expect(
              await (await spare.updateByQuery(make as never, { script: { source: 'ctx.op = "noop"' } })).done(),
            ).toMatchObject({ updated: 0 }),
          deleteByQuery: async (make) =>
            expect(await (await spare.deleteByQuery(make as never)).done()).toMatchObject({
              deleted: expect.any(Number) as number,
            }),
        };
      };

      it(`are answered by a page or refused by a SearchError (${RUNS} of them, RANDOM_SEED=${SEED})`, async () => {
        process.stdout.write(`random queries on ${service}: RANDOM_QUERIES=${RUNS} RANDOM_SEED=${SEED}\n`);
        const [counts, every] = [{ answered: 0, refused: 0 }, Object.entries(calls())];
        await fc.assert(
          fc.asyncProperty(randomQuery, async (make) => {
            for (const [name, call] of every) {
              try {
                await call(make);
                counts.answered += 1;
              } catch (error) {
                if (!(error instanceof SearchError)) throw new Error(`${name}: ${String(error)}`, { cause: error });
                counts.refused += 1;
              }
            }
          }),
          { numRuns: RUNS, seed: SEED },
        );
        process.stdout.write(`${service}: ${JSON.stringify(counts)}\n`);
        expect(counts.answered).toBeGreaterThan(0);
        expect(counts.refused).toBeGreaterThan(0);
      });
    }),
  );
