/**
 * The load of `load.spec.ts` for as long as you like, on servers whose addresses are in the environment:
 *
 *     node --conditions=@rookery/source --import ./libs/limiter/test/processes/typescript-hooks.ts \
 *       libs/limiter/test/processes/prove-load.ts [seconds] [name of a load]
 */
import pg from 'pg';
import { postgresSchema } from '../../src/adapters/postgres/index.js';
import { LOADS, runLoad, type LoadStorage } from './load-run.js';

const [seconds = '30', only] = process.argv.slice(2);
const { REDIS_URL, MEMCACHED_SERVERS, POSTGRES_URL } = process.env;
const addresses: Readonly<Record<LoadStorage, string | undefined>> = {
  redis: REDIS_URL,
  memcached: MEMCACHED_SERVERS?.split(',')[0],
  postgres: POSTGRES_URL,
};
if (POSTGRES_URL !== undefined) {
  const client = new pg.Client({ connectionString: POSTGRES_URL });
  await client.connect();
  await client.query(postgresSchema());
  await client.end();
}
for (const [storage, address] of Object.entries(addresses) as [LoadStorage, string | undefined][]) {
  if (address === undefined) continue;
  for (const [name, load] of Object.entries(LOADS)) {
    if (only !== undefined && only !== name) continue;
    const wrong = await runLoad(storage, address, load, Number(seconds) * 1000);
    console.log(`${storage}: ${name}: ${wrong ?? 'agrees'}`);
    if (wrong !== undefined) process.exitCode = 1;
  }
}
