import pg from 'pg';
import { describeWith } from '@rookery/services';
import { postgresSchema } from '@rookery/limiter/postgres';
import { LOADS, startParty, type LoadParty, type LoadStorage } from './processes/load-run.js';

/** Each kind of limit fills, refuses and drains again within it; `npm run prove:limiter` runs them for as long as one likes. */
const RUN_MS = 300;

function agrees(storage: LoadStorage, address: string): void {
  let party: LoadParty | undefined;
  afterAll(() => party?.kill());

  it.each(Object.keys(LOADS))(
    '%s: three processes are admitted what a count of its own allows',
    async (name) => {
      party ??= await startParty(storage, address);
      const run = party.run(LOADS[name]!, RUN_MS);
      await run.catch(() => {
        // The next load has processes of its own.
        party?.kill();
        party = undefined;
      });
      const { admitted, wrong } = await run;
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
