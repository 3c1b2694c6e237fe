import pg from 'pg';
import { describeWith } from '@rookery/services';
import { postgresSchema } from '@rookery/limiter/postgres';
import { LOADS, runLoad, type LoadStorage } from './processes/load-run.js';

const RUN_MS = 1000;

function agrees(storage: LoadStorage, address: string): void {
  it.each(Object.keys(LOADS))(
    '%s: three processes are admitted what a count of its own allows',
    async (name) => {
      const { admitted, wrong } = await runLoad(storage, address, LOADS[name]!, RUN_MS);
      expect(wrong).toBeUndefined();
      expect(admitted).toBeGreaterThan(0);
    },
    60_000,
  );
}

describe('the memory of a primary under load', () => agrees('memory-cluster', ''));
describeWith('redis', 'Redis under load', (address) => agrees('redis', address));
describeWith('redis', 'Redis by node-redis under load', (address) => agrees('node-redis', address));
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
