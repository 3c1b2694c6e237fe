/**
 * Rebuilds an index while it is searched and written: 8 searches at once over the alias, a number of commits per second
 * that the relay of the same process writes to the index, and a look whether the alias is there, every 20 ms. Failures of
 * each, and how long a search takes before and while the index is rebuilt. In the end the database is compared with both
 * indices. `npm run bench -- search live [places] [commits per second]`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Opt } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Client } from '@opensearch-project/opensearch';
import { Indexed, SearchField, SearchService, type EntityClass } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { lastValueFrom } from 'rxjs';
import { percentile } from '../herd/percentile.js';
import { printTable } from '../herd/table.js';
import { laboratory } from './laboratory.js';
import { changePlace, createPlaces, NumberedPlace } from './numbered-places.js';

const [rows, commitsPerSecond] = [Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? 50)];
const SEARCHES_AT_ONCE = 8;
const BEFORE_MS = 10_000;

/** The same table with an analyzer: a rebuild. */
@Entity({ tableName: 'place' })
@Indexed({ name: 'places', settings: { number_of_shards: 1 } })
class NextPlace {
  @PrimaryKey({ type: 'integer', autoincrement: false }) id!: number;
  @SearchField({ analyzer: 'english' }) @Property({ type: 'text' }) name!: string;
  @SearchField() @Property({ type: 'integer' }) population: number & Opt = 0;
}

const { name, node, connect, end } = await laboratory('live');
const [orm, next] = [await connect(NumberedPlace), await connect(NextPlace)];
await createPlaces(orm, rows);
// The living release, and the one whose model is migrated to.
const search = new SearchService(orm, { engine: openSearch({ node }), prefix: name, sync: 'outbox' });
const young = new SearchService(next, {
  engine: openSearch({ node }),
  prefix: name,
  sync: 'outbox',
  createIndices: false,
});
await search.start();
await search.repository(NumberedPlace).indexAll();

const counts = { searches: 0, failedSearches: 0, commits: 0, failedCommits: 0, looks: 0, absences: 0 };
let times: number[] = [];
let living = true;

async function searching(): Promise<void> {
  for (; living; counts.searches += 1) {
    const began = performance.now();
    await search
      .repository(NumberedPlace)
      .query()
      .must((q) => q.match('name', `place ${1 + Math.floor(Math.random() * rows)}`))
      .search()
      .catch(() => void (counts.failedSearches += 1));
    times.push(performance.now() - began);
  }
}

async function writing(): Promise<void> {
  const began = performance.now();
  const commits: Promise<void>[] = [];
  for (; living; counts.commits += 1) {
    commits.push(changePlace(orm, 1 + Math.floor(Math.random() * rows)).catch(() => void (counts.failedCommits += 1)));
    await pause(Math.max(0, began + ((counts.commits + 1) * 1000) / commitsPerSecond - performance.now()));
  }
  await Promise.all(commits);
}

const client = new Client({ node });
async function looking(): Promise<void> {
  for (; living; counts.looks += 1) {
    if (!(await client.indices.existsAlias({ name: `${name}-places` })).body) counts.absences += 1;
    await pause(20);
  }
}

async function differences(of: SearchService, entity: EntityClass): Promise<number> {
  const found: unknown[] = [];
  for await (const document of of.migrations.verify(entity)) found.push(document);
  return found.length;
}

const load = [writing(), looking(), ...Array.from({ length: SEARCHES_AT_ONCE }, searching)];
await pause(BEFORE_MS);
// What was until here warmed up.
times = [];
await pause(BEFORE_MS);
const before = times;
times = [];
const began = performance.now();
const { phase } = await lastValueFrom(young.migrations.migrate(NextPlace));
const tookMs = performance.now() - began;
const during = times;
living = false;
await Promise.all(load);
if (phase !== 'swapped') throw new Error(`ended ${phase}`);
await young.start();
await young.settled({ timeoutMs: 60_000 });
const inNew = await differences(young, NextPlace);
await young.migrations.rollback(NextPlace);
const inOld = await differences(search, NumberedPlace);

printTable(
  [
    `${rows} rows, rebuilt in ${(tookMs / 1000).toFixed(1)} s under ${commitsPerSecond} commits/s and ${SEARCHES_AT_ONCE} searches at once`,
    'how many',
    'failed',
  ],
  [
    ['searches', counts.searches, counts.failedSearches],
    ['commits', counts.commits, counts.failedCommits],
    ['looks for the alias', counts.looks, counts.absences],
    ['documents that differ in the new index', rows, inNew],
    ['documents that differ in the old index', rows, inOld],
  ],
);
console.log();
printTable(
  ['searches', 'each second', 'p50, ms', 'p99, ms'],
  [['before', before, BEFORE_MS] as const, ['while it is rebuilt', during, tookMs] as const].map(([when, all, ms]) => [
    when,
    Math.round(all.length / (ms / 1000)),
    percentile(all, 50),
    percentile(all, 99),
  ]),
);

await Promise.all([search.close(), young.close()]);
await client.close();
await end();
process.exit(counts.failedSearches + counts.failedCommits + counts.absences + inNew + inOld === 0 ? 0 : 1);
