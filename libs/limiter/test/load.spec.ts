import pg from 'pg';
import { describeWith } from '@rookery/services';
import { postgresSchema } from '@rookery/limiter/postgres';
import { LOADS, runLoad, type LoadStorage } from './processes/load-run.js';

const RUN_MS = 1000;

function agrees(storage: LoadStorage, address: string): void {
  it.each(Object.keys(LOADS))(
    '%s: three processes are admitted what a count of its own allows',
    async (name) => {
      expect(await runLoad(storage, address, LOADS[name]!, RUN_MS)).toBeUndefined();
    },
    60_000,
  );
}

describeWith('redis', 'Redis under load', (address) => agrees('redis', address));
describeWith('memcached', 'memcached under load', (servers) => agrees('memcached', servers.split(',')[0]!));
describeWith('postgres', 'PostgreSQL under load', (url) => {
  beforeAll(async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(postgresSchema());
    await client.end();
  });
  agrees('postgres', url);
});
