/**
 * What the outbox adds to a transaction that changes one entity, in PostgreSQL that keeps what it commits (`fsync` on),
 * in one that does not, and in one that is a millisecond away, transactions with and without in turns: the flush of an entity that was read before, and a
 * transaction that reads and changes it. Beside it the statements of the flush by hand, without ORM and library: what
 * the INSERT costs the database. All of them over one connection: whether the server process of a connection runs on the
 * core of this process or on another changes a round trip by more than what is measured.
 * `npm run bench -- search transaction [rounds]`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { SearchService, searchEntities } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { startPostgres } from '@rookery/services';
import { PostgresDialect } from 'kysely';
import pg from 'pg';
import { percentile } from '../herd/percentile.js';
import { printTable } from '../herd/table.js';
import { distant } from './distant.js';
import { createPlaces, NumberedPlace } from './numbered-places.js';

const given = Number(process.argv[2] ?? 4_000);
const ROWS = 5_000;

type Step = (id: number) => Promise<number>;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Milliseconds of a flush alone. */
const flush =
  (orm: MikroORM): Step =>
  async (id) => {
    const em = orm.em.fork();
    (await em.findOneOrFail(NumberedPlace, id)).population += 1;
    return timed(() => em.flush());
  };

/** Milliseconds of a transaction that reads an entity and changes it. */
const transaction =
  (orm: MikroORM): Step =>
  (id) =>
    timed(() =>
      orm.em.fork().transactional(async (em) => {
        (await em.findOneOrFail(NumberedPlace, id)).population += 1;
      }),
    );

/** Milliseconds of the statements of a flush by hand, with or without a row for the outbox in one message with its COMMIT. */
const byHand =
  (pool: pg.Pool, row: boolean): Step =>
  async (id) => {
    const client = await pool.connect();
    const insert = `insert into search_outbox (index_alias, path, row_key, created_at, attempts, available_at) values ('places', '', '${id}', 1764000000000, 0, 1764000000000)`;
    await client.query('select * from place where id = $1', [id]);
    const took = await timed(async () => {
      await client.query('begin');
      await client.query('update place set population = $1 where id = $2', [id + 1, id]);
      await client.query(row ? `${insert}; commit` : 'commit');
    });
    client.release();
    return took;
  };

interface Setting {
  readonly name: string;
  readonly durable: boolean;
  readonly rounds: number;
  readonly delayMs?: number;
}

async function measure({ name: setting, durable, rounds, delayMs }: Setting): Promise<(string | number)[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'rookery-bench-'));
  const server = await startPostgres(durable ? { dataDir: join(folder, 'data') } : {});
  const admin = new pg.Client(server.address);
  await admin.connect();
  await admin.query('create database bench');
  await admin.end();
  const way = delayMs === undefined ? undefined : await distant(server.address, delayMs);
  const pool = new pg.Pool({ connectionString: new URL('/bench', (way ?? server).address).href, max: 1 });
  const connect = (): Promise<MikroORM> =>
    MikroORM.init({
      dbName: 'bench',
      entities: [NumberedPlace, ...searchEntities],
      metadataProvider: ReflectMetadataProvider,
      driverOptions: () => new PostgresDialect({ pool }),
    });
  const [plain, followed] = [await connect(), await connect()];
  await createPlaces(plain, ROWS);
  const search = new SearchService(followed, {
    engine: openSearch({ node: 'http://127.0.0.1:9' }),
    sync: 'outbox',
    relay: false,
    createIndices: false,
  });
  await search.start();
  const pairs = [
    { name: 'flush', without: flush(plain), within: flush(followed) },
    { name: 'read and flush', without: transaction(plain), within: transaction(followed) },
    { name: 'flush by hand', without: byHand(pool, false), within: byHand(pool, true) },
  ].map((pair) => ({ ...pair, took: { without: [] as number[], within: [] as number[] } }));
  for (let round = -rounds / 4; round < rounds; round += 1) {
    for (const { without, within, took } of pairs) {
      const steps = [
        [without, took.without],
        [within, took.within],
      ] as const;
      for (const [step, times] of round % 2 === 0 ? steps : steps.toReversed()) {
        const ms = await step(1 + Math.floor(Math.random() * ROWS));
        if (round >= 0) times.push(ms);
      }
    }
  }
  await search.close();
  // It ends the pool of both.
  await followed.close(true);
  await way?.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
  return pairs.map(({ name, took }) => [setting, name, ...figures(took)]);
}

function figures({ without, within }: { without: number[]; within: number[] }): (string | number)[] {
  const [a, b] = [percentile(without, 50), percentile(within, 50)];
  return [
    a,
    b,
    `${Math.round((b - a) * 1000)} µs, ${((b / a - 1) * 100).toFixed(0)}%`,
    percentile(without, 90),
    percentile(within, 90),
  ];
}

const rows = [
  ...(await measure({ name: 'fsync on', durable: true, rounds: given })),
  ...(await measure({ name: 'fsync off', durable: false, rounds: given })),
  ...(await measure({ name: 'fsync on, 1 ms away', durable: true, rounds: given / 4, delayMs: 1 })),
];
printTable(
  ['PostgreSQL', 'transaction', 'p50 without, ms', 'p50 with, ms', 'more', 'p90 without, ms', 'p90 with, ms'],
  rows,
);
