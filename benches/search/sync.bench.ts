/**
 * What the outbox adds to a transaction, how long a commit takes to its index at 200 commits per second, and how many
 * documents per second a relay and a rebuild write.
 *
 *     npx tsc -b tools/services && node --require ./scripts/run-typescript.cjs --conditions=@rookery/source benches/search/sync.bench.ts
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Opt } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property, ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { Indexed, SearchField, SearchService, searchEntities, type SearchEngine } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { startOpenSearch, startPostgres } from '@rookery/services';
import { lastValueFrom } from 'rxjs';
import { percentile } from '../herd/percentile.js';

const ROWS = 20_000;
const PAIRS = 400;
const COMMITS_PER_SECOND = 200;
const LAG_SECONDS = 10;

@Entity({ tableName: 'place' })
@Indexed({ name: 'places', settings: { number_of_shards: 1 } })
class Place {
  @PrimaryKey({ type: 'integer', autoincrement: false }) id!: number;
  @SearchField() @Property({ type: 'text' }) name!: string;
  @SearchField() @Property({ type: 'integer' }) population: number & Opt = 0;
}

/** The same rows with an analyzer: a rebuild. */
@Entity({ tableName: 'place' })
@Indexed({ name: 'places', settings: { number_of_shards: 1 } })
class StemmedPlace {
  @PrimaryKey({ type: 'integer', autoincrement: false }) id!: number;
  @SearchField({ analyzer: 'english' }) @Property({ type: 'text' }) name!: string;
  @SearchField() @Property({ type: 'integer' }) population: number & Opt = 0;
}

const [postgres, server] = await Promise.all([startPostgres(), startOpenSearch()]);
const ormOf = (entity: unknown): Promise<MikroORM> =>
  MikroORM.init({ clientUrl: postgres.address, dbName: 'bench', entities: [entity as never, ...searchEntities], metadataProvider: ReflectMetadataProvider });
const orm = await ormOf(Place);
await orm.schema.ensureDatabase();
await orm.schema.create();
await orm.em.getConnection().execute(`insert into place (id, name, population) select n, 'place number ' || n, n from generate_series(1, ${ROWS}) n`);
const plain = await ormOf(Place);

const committedAt = new Map<string, number>();
const lags: number[] = [];
const engine = openSearch({ node: server.address });
const bulk: SearchEngine['bulk'] = async (operations, options) => {
  const outcomes = await engine.bulk(operations, options);
  const now = performance.now();
  for (const { id } of operations) if (committedAt.has(id)) lags.push(now - committedAt.get(id)!);
  return outcomes;
};
const watched = new Proxy(engine, { get: (target, name) => (name === 'bulk' ? bulk : (target[name as never] as unknown)) });
const writing = new SearchService(orm, { engine, sync: 'outbox', relay: false });
await writing.start();

async function change(on: MikroORM, id: number): Promise<number> {
  const em = on.em.fork();
  const place = await em.findOneOrFail(Place, id);
  place.population += 1;
  const startedAt = performance.now();
  await em.flush();
  return performance.now() - startedAt;
}

const [without, within]: [number[], number[]] = [[], []];
for (let at = 0; at < PAIRS + 50; at += 1) {
  const [a, b] = [await change(plain, 1 + (at % ROWS)), await change(orm, 1 + ((at + 7) % ROWS))];
  if (at < 50) continue;
  without.push(a);
  within.push(b);
}
console.log(`transaction: ${percentile(without, 50)} ms without, ${percentile(within, 50)} ms with the outbox (p50 of ${PAIRS})`);

await writing.sync.touch(Place, {}, { em: orm.em.fork() });
const touched = (await writing.backlog()).pending;
const relaying = new SearchService(plain, { engine: watched, sync: 'outbox' });
let startedAt = performance.now();
await relaying.start();
await relaying.settled({ timeoutMs: 300_000, refresh: false });
console.log(`relay: ${Math.round(touched / ((performance.now() - startedAt) / 1000))} documents/s (${touched} rows)`);

const commits: Promise<void>[] = [];
startedAt = performance.now();
for (let at = 0; at < COMMITS_PER_SECOND * LAG_SECONDS; at += 1) {
  const id = 1 + at;
  commits.push(change(plain, id).then(() => void committedAt.set(String(id), performance.now())));
  await pause(Math.max(0, startedAt + ((at + 1) * 1000) / COMMITS_PER_SECOND - performance.now()));
}
await Promise.all(commits);
const rate = Math.round(commits.length / ((performance.now() - startedAt) / 1000));
await relaying.settled({ timeoutMs: 60_000, refresh: false });
console.log(`lag from commit to index at ${rate} commits/s: p50 ${percentile(lags, 50)} ms, p99 ${percentile(lags, 99)} ms (${lags.length})`);

const next = await ormOf(StemmedPlace);
const rebuilding = new SearchService(next, { engine, sync: 'outbox', relay: false });
startedAt = performance.now();
await lastValueFrom(rebuilding.migrations.migrate(StemmedPlace));
console.log(`rebuild: ${Math.round(ROWS / ((performance.now() - startedAt) / 1000))} documents/s, verified and swapped (${ROWS} rows)`);

await relaying.close();
await Promise.all([orm, plain, next].map((one) => one.close(true)));
await Promise.all([postgres.stop(), server.stop()]);
process.exit(0);
