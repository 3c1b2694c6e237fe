/**
 * Rebuilds the index of 199,568 places from the database, beside a raw `_bulk` loop over the same rows and OpenSearch's
 * own `_reindex`, in turns; then verifies it. Documents per second, ratio to the raw loop of the same round, and how far
 * the heap rose. `npm run bench -- search rebuild [rounds] [places]`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { MikroORM } from '@mikro-orm/postgresql';
import { Client } from '@opensearch-project/opensearch';
import { Indexed, SearchField, SearchService } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { lastValueFrom, tap } from 'rxjs';
import { printTable } from '../herd/table.js';
import { peakOf } from './heap.js';
import { laboratory } from './laboratory.js';
import { median } from './median.js';
import { Place, places } from './places.js';

const [rounds, limit] = [Number(process.argv[2] ?? 3), Number(process.argv[3] ?? Infinity)];
/** As of a migration. */
const RAW_PAGE = 1_000;

/** The same table with an analyzer: a rebuild. */
@Entity({ tableName: 'place' })
@Indexed({ name: 'places', settings: { 'index.refresh_interval': '-1', 'index.number_of_replicas': 0 } })
class NextPlace {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField({ analyzer: 'english', fields: { raw: { type: 'keyword' } } }) @Property({ type: 'text' }) name!: string;
  @SearchField({ type: 'text' }) @Property({ type: 'text[]' }) alternates!: string[];
  @SearchField({ type: 'geo_point' }) @Property({ type: 'json' }) location!: { lat: number; lon: number };
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) country!: string;
  @SearchField({ type: 'integer' }) @Property({ type: 'integer' }) population!: number;
}

const { name, node, connect, end } = await laboratory('rebuild');
const [orm, next] = [await connect(Place), await connect(NextPlace)];
await orm.schema.create();
const total = await fill();
const open = (from: MikroORM): SearchService =>
  new SearchService(from, {
    engine: openSearch({ node, bulkTimeoutMs: 120_000, requestTimeoutMs: 120_000 }),
    prefix: name,
    sync: 'outbox',
    relay: false,
  });
const [old, young] = [open(orm), open(next)];
const client = new Client({ node });
/** Milliseconds of the last rebuild until its backfill was done. */
let backfilledMs = 0;
await old.start();
await old.repository(Place).indexAll();
// Uncounted, to warm all up; and the others fill an index of the same mapping.
await rebuild();
const [body] = Object.values((await client.indices.get({ index: `${name}-places` })).body) as { mappings: object }[];
await young.migrations.rollback(NextPlace);

async function fill(): Promise<number> {
  let [count, rows] = [0, [] as unknown[]];
  const write = async (): Promise<void> => {
    const sql =
      'insert into place (id, name, alternates, location, country, population) select id, name, alternates, location, country, population from jsonb_populate_recordset(null::place, ?::jsonb)';
    await orm.em.getConnection().execute(sql, [JSON.stringify(rows)]);
    [count, rows] = [count + rows.length, []];
  };
  for (const { id, document } of places(limit)) if (rows.push({ id: Number(id), ...document }) >= 2_000) await write();
  if (rows.length > 0) await write();
  return count;
}

/** A new index with the mapping of the rebuilt one, without refreshes and replicas. */
async function emptyIndex(): Promise<string> {
  const index = `${name}-raw`;
  await client.indices.delete({ index, ignore_unavailable: true });
  await client.indices.create({
    index,
    body: { settings: { index: { refresh_interval: '-1', number_of_replicas: 0 } }, mappings: body!.mappings },
  });
  return index;
}

async function rawLoop(): Promise<void> {
  const index = await emptyIndex();
  type Row = { id: number };
  for (let after = -1, size = RAW_PAGE; size === RAW_PAGE;) {
    const rows = await orm.em
      .getConnection()
      .execute<Row[]>(
        'select id, name, alternates, location, country, population from place where id > ? order by id limit ?',
        [after, RAW_PAGE],
      );
    const lines = rows.flatMap(({ id, ...document }) => [
      `{"index":{"_index":"${index}","_id":"${id}"}}`,
      JSON.stringify(document),
    ]);
    if (rows.length > 0 && (await client.bulk({ body: `${lines.join('\n')}\n` as never })).body.errors)
      throw new Error('some failed');
    [after, size] = [rows.at(-1)?.id ?? after, rows.length];
  }
}

async function reindex(): Promise<void> {
  const index = await emptyIndex();
  // As a task: an answer that waits carries a warning for each batch in its head, which is more than Node.js accepts.
  const { task } = (
    await client.reindex({ body: { source: { index: `${name}-places` }, dest: { index } }, wait_for_completion: false })
  ).body as { task: string };
  while (!(await client.tasks.get({ task_id: task })).body.completed) await pause(50);
}

async function rebuild(): Promise<void> {
  const began = performance.now();
  const migrating = young.migrations.migrate(NextPlace).pipe(
    tap(({ phase, done }) => {
      if (phase === 'backfill' && done >= total) backfilledMs = performance.now() - began;
    }),
  );
  const { phase } = await lastValueFrom(migrating);
  if (phase !== 'swapped') throw new Error(`ended ${phase}`);
}

async function verify(): Promise<void> {
  for await (const { key } of young.migrations.verify(NextPlace)) throw new Error(`${String(key)} differs`);
}

const took: Record<string, number[]> = {};
const heaps: Record<string, number[]> = {};
async function measure(way: string, work: () => Promise<void>): Promise<void> {
  let ms = 0;
  const { heapMb } = await peakOf(async () => {
    const began = performance.now();
    await work();
    ms = performance.now() - began;
  });
  (took[way] ??= []).push(ms);
  (heaps[way] ??= []).push(heapMb);
}

for (let round = 0; round < rounds; round += 1) {
  await measure('a raw `_bulk` loop', rawLoop);
  await measure("OpenSearch's `_reindex`", reindex);
  await measure('migrate: backfill, drain, verify and swap', rebuild);
  (took['migrate: its backfill alone'] ??= []).push(backfilledMs);
  await measure('verify', verify);
  await young.migrations.rollback(NextPlace);
}
const raw = took['a raw `_bulk` loop']!;
printTable(
  [`${total} places, ${rounds} rounds`, 'docs/s', 'of the raw loop', 'heap above the start, MB'],
  Object.entries(took).map(([way, times]) => [
    way,
    Math.round(total / (median(times) / 1000)),
    median(times.map((ms, round) => raw[round]! / ms)).toFixed(2),
    heaps[way] ? Math.round(median(heaps[way])) : '',
  ]),
);

await Promise.all([old.close(), young.close()]);
await client.close();
await end();
process.exit(0);
