/**
 * What the outbox adds to a transaction that changes one entity, in PostgreSQL that keeps what it commits (`fsync` on)
 * and in one that does not, transactions with and without in turns. Beside it the same statements by hand, without ORM
 * and library: what the INSERT costs the database. `npm run bench -- search transaction [pairs]`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Opt } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property, ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { Indexed, SearchField, SearchService, searchEntities } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { startPostgres } from '@rookery/services';
import pg from 'pg';
import { percentile } from '../herd/percentile.js';
import { printTable } from '../herd/table.js';

const pairs = Number(process.argv[2] ?? 1_500);
const WARM_UP = 150;
const ROWS = 5_000;

@Entity({ tableName: 'place' })
@Indexed({ name: 'places' })
class Place {
  @PrimaryKey({ type: 'integer', autoincrement: false }) id!: number;
  @SearchField() @Property({ type: 'text' }) name!: string;
  @SearchField() @Property({ type: 'integer' }) population: number & Opt = 0;
}

/** Milliseconds of a flush alone. */
async function change(orm: MikroORM, id: number): Promise<number> {
  const em = orm.em.fork();
  (await em.findOneOrFail(Place, id)).population += 1;
  const began = performance.now();
  await em.flush();
  return performance.now() - began;
}

/** Milliseconds of the same transaction by hand, with or without a row for the outbox in one message with its COMMIT. */
async function changeByHand(client: pg.Client, id: number, row: boolean): Promise<number> {
  const insert = `insert into search_outbox (index_alias, path, row_key, created_at, attempts, available_at) values ('by-hand', '', '${id}', 1764000000000, 0, 1764000000000)`;
  const began = performance.now();
  await client.query('begin');
  await client.query('update place set population = $1 where id = $2', [id + 1, id]);
  await client.query(row ? `${insert}; commit` : 'commit');
  return performance.now() - began;
}

async function measure(durable: boolean): Promise<(string | number)[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'rookery-bench-'));
  const server = await startPostgres(durable ? { dataDir: join(folder, 'data') } : {});
  const connect = (): Promise<MikroORM> =>
    MikroORM.init({ clientUrl: server.address, dbName: 'bench', entities: [Place, ...searchEntities], metadataProvider: ReflectMetadataProvider });
  const [plain, followed] = [await connect(), await connect()];
  await plain.schema.ensureDatabase();
  await plain.schema.create();
  await plain.em.getConnection().execute(`insert into place (id, name, population) select n, 'place number ' || n, n from generate_series(1, ${ROWS}) n`);
  const search = new SearchService(followed, { engine: openSearch({ node: 'http://127.0.0.1:9' }), sync: 'outbox', relay: false, createIndices: false });
  await search.start();
  const client = new pg.Client({ connectionString: new URL('/bench', server.address).href });
  await client.connect();
  const took = { library: { without: [] as number[], within: [] as number[] }, byHand: { without: [] as number[], within: [] as number[] } };
  for (let at = 0; at < pairs + WARM_UP; at += 1) {
    const id = (offset: number): number => 1 + ((at + offset) % ROWS);
    const round = [await change(plain, id(0)), await change(followed, id(7)), await changeByHand(client, id(14), false), await changeByHand(client, id(21), true)] as const;
    if (at < WARM_UP) continue;
    took.library.without.push(round[0]);
    took.library.within.push(round[1]);
    took.byHand.without.push(round[2]);
    took.byHand.within.push(round[3]);
  }
  await client.end();
  await search.close();
  await Promise.all([plain.close(true), followed.close(true)]);
  await server.stop();
  await rm(folder, { recursive: true, force: true });
  return [
    [durable ? 'on' : 'off', 'ORM and library', ...figures(took.library)],
    [durable ? 'on' : 'off', 'by hand', ...figures(took.byHand)],
  ];
}

function figures({ without, within }: { without: number[]; within: number[] }): (string | number)[] {
  const [a, b] = [percentile(without, 50), percentile(within, 50)];
  return [a, b, `${Math.round((b - a) * 1000)} µs, ${((b / a - 1) * 100).toFixed(0)}%`, percentile(without, 90), percentile(within, 90)];
}

const rows = [...(await measure(true)), ...(await measure(false))];
printTable(['fsync', 'transaction', 'p50 without, ms', 'p50 with, ms', 'more', 'p90 without, ms', 'p90 with, ms'], rows);
