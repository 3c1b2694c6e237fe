/**
 * Three processes at once for each kind of limit and each storage, and a count without buckets; a line each, and the
 * table of docs/guarantees.md where nothing was wrong:
 *
 *     npm run prove:limiter -- --seconds 30 --only postgres --at-once 2
 *
 * `--at-once`: of how many storages the loads run side by side. More of them ends sooner, and leaves
 * each less of the machine.
 */
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startMemcached, startPostgres, startRedis } from '@rookery/services';
import { postgresSchema } from '../../src/adapters/postgres/index.js';
import { LOADS, startParty, type LoadReport, type LoadStorage } from './load-run.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    only: { type: 'string', default: '' },
    'at-once': { type: 'string', default: '1' },
  },
});
const [seconds, atOnce] = [Number(values.seconds), Number(values['at-once'])];
if (!(seconds > 0) || !(atOnce >= 1)) throw new Error('--seconds and --at-once must be numbers above 0');

const [redis, memcached, postgres] = await Promise.all([startRedis(), startMemcached(), startPostgres()]);
const client = new pg.Client({ connectionString: postgres.address });
await client.connect();
await client.query(postgresSchema());
await client.end();

const addresses: Readonly<Record<LoadStorage, string>> = {
  'memory-cluster': '',
  memcached: memcached.address,
  redis: redis.address,
  'node-redis': redis.address,
  postgres: postgres.address,
};
const storages = Object.keys(addresses) as LoadStorage[];
const isChosen = (storage: string, load: string): boolean => `${storage} ${load}`.startsWith(values.only);
/** What was admitted, by load and storage. */
const counted = new Map(Object.keys(LOADS).map((load) => [load, new Map<LoadStorage, number>()]));

async function count(storage: LoadStorage, load: string): Promise<LoadReport> {
  try {
    const party = await startParty(storage, addresses[storage]);
    return await party.run(LOADS[load]!, seconds * 1000).finally(() => party.kill());
  } catch (error) {
    return { admitted: 0, wrong: String(error) };
  }
}

async function prove(storage: LoadStorage): Promise<void> {
  for (const name of Object.keys(LOADS)) {
    if (!isChosen(storage, name)) continue;
    const { admitted, wrong } = await count(storage, name);
    console.log(`${storage}, ${name}: ${admitted} admitted in ${seconds} s: ${wrong ?? 'as the count allows'}`);
    counted.get(name)!.set(storage, admitted);
    if (wrong !== undefined) process.exitCode = 1;
  }
}

const left = storages.filter((storage) => Object.keys(LOADS).some((load) => isChosen(storage, load)));
const chosen = [...left];
try {
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await prove(next);
    }),
  );
} finally {
  await Promise.all([redis.stop(), memcached.stop(), postgres.stop()]);
}
if (process.exitCode === undefined) {
  console.log(`\n| Admitted in ${seconds} s | ${chosen.join(' | ')} |\n|${'---|'.repeat(chosen.length + 1)}`);
  for (const [load, admitted] of counted)
    if (admitted.size > 0)
      console.log(
        `| ${load} | ${chosen.map((storage) => admitted.get(storage)?.toLocaleString('en') ?? '').join(' | ')} |`,
      );
}
