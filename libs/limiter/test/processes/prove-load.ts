/**
 * Three processes at once for each kind of limit and each storage, and a count that knows nothing of buckets; a line each:
 *
 *     npm run prove:limiter -- --seconds 30 --only postgres
 */
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startMemcached, startPostgres, startRedis } from '@rookery/services';
import { postgresSchema } from '../../src/adapters/postgres/index.js';
import { LOADS, startParty, type LoadStorage } from './load-run.js';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '30' }, only: { type: 'string', default: '' } },
});
const seconds = Number(values.seconds);

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
try {
  for (const [storage, address] of Object.entries(addresses) as [LoadStorage, string][]) {
    for (const [name, load] of Object.entries(LOADS)) {
      if (!`${storage} ${name}`.startsWith(values.only)) continue;
      const party = await startParty(storage, address);
      const { admitted, wrong } = await party.run(load, seconds * 1000).finally(() => party.kill());
      console.log(`${storage}, ${name}: ${admitted} admitted in ${seconds} s: ${wrong ?? 'as the count allows'}`);
      if (wrong !== undefined) process.exitCode = 1;
    }
  }
} finally {
  await Promise.all([redis.stop(), memcached.stop(), postgres.stop()]);
}
