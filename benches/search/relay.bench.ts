/**
 * How many documents per second a relay writes, and how long a commit takes to its index (before a refresh) at 200
 * commits per second of the same process. `npm run bench -- search relay [rows] [seconds]`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { SearchService, type SearchEngine } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { percentile } from '../herd/percentile.js';
import { printTable } from '../herd/table.js';
import { laboratory } from './laboratory.js';
import { changePlace, createPlaces, NumberedPlace } from './numbered-places.js';

const [rows, seconds] = [Number(process.argv[2] ?? 20_000), Number(process.argv[3] ?? 10)];
const COMMITS_PER_SECOND = 200;

const { name, node, connect, end } = await laboratory('relay');
const orm = await connect(NumberedPlace);
await createPlaces(orm, rows);

const committedAt = new Map<string, number>();
const lags: number[] = [];
const engine = openSearch({ node });
const bulk: SearchEngine['bulk'] = async (operations, options) => {
  const outcomes = await engine.bulk(operations, options);
  const now = performance.now();
  for (const { id } of operations) {
    const began = committedAt.get(id);
    if (began !== undefined) lags.push(now - began);
    committedAt.delete(id);
  }
  return outcomes;
};
const watched = new Proxy(engine, {
  get: (target, key) => (key === 'bulk' ? bulk : (target[key as never] as unknown)),
});

const writing = await connect(NumberedPlace);
const writer = new SearchService(writing, { engine: openSearch({ node }), prefix: name, sync: 'outbox', relay: false });
await writer.start();
await writer.sync.touch(NumberedPlace, {}, { em: writing.em.fork() });
const { pending } = await writer.backlog();
await writer.close();

const search = new SearchService(orm, { engine: watched, prefix: name, sync: 'outbox' });
let began = performance.now();
await search.start();
await search.settled({ timeoutMs: 600_000, refresh: false });
const relayed = Math.round(pending / ((performance.now() - began) / 1000));

async function change(id: number): Promise<void> {
  await changePlace(orm, id);
  committedAt.set(String(id), performance.now());
}

const commits: Promise<void>[] = [];
began = performance.now();
for (let at = 0; at < COMMITS_PER_SECOND * seconds; at += 1) {
  commits.push(change(1 + (at % rows)));
  await pause(Math.max(0, began + ((at + 1) * 1000) / COMMITS_PER_SECOND - performance.now()));
}
await Promise.all(commits);
const rate = Math.round(commits.length / ((performance.now() - began) / 1000));
await search.settled({ timeoutMs: 60_000, refresh: false });

printTable(
  ['Relay', ''],
  [
    [`documents per second, ${pending} rows of the outbox`, relayed],
    [`lag at ${rate} commits/s, p50, ms`, percentile(lags, 50)],
    ['p99, ms', percentile(lags, 99)],
  ],
);
await search.close();
await end();
process.exit(0);
