import { describeWith } from '@rookery/services';
import { Database } from '../../src/database/database.js';
import { DatabaseClock } from '../../src/database/database-clock.js';
import { createDatabase, type DatabaseName, type TestORM } from './database.js';

function behavesAsAClock(name: DatabaseName): void {
  let orm: TestORM;
  let drop: () => Promise<void>;
  beforeAll(async () => ({ orm, drop } = await createDatabase(name)), 30_000);
  afterAll(() => drop(), 30_000);

  const clockAt = (now: () => number) => new DatabaseClock(new Database(orm), now);

  it('rises strictly over many processes at once', async () => {
    const clocks = [1, 2, 3].map(() => clockAt(() => 1_700_000_000_000));
    const ticks = await Promise.all(Array.from({ length: 60 }, (_, at) => clocks[at % 3]!.next()));
    expect(new Set(ticks).size).toBe(60);
    expect(await clocks[0]!.next()).toBeGreaterThan(Math.max(...ticks));
  });

  it('follows the time of day in microseconds, and does not go back an hour with it', async () => {
    expect(await clockAt(() => 1_800_000_000_000).next()).toBe(1_800_000_000_000_000);
    expect(await clockAt(() => 1_800_000_000_000 - 3_600_000).next()).toBe(1_800_000_000_000_001);
  });

  it('goes on after its row was deleted', async () => {
    const clock = clockAt(() => 1_900_000_000_000);
    await clock.next();
    await orm.em.fork().getConnection().execute('delete from search_clock');
    expect(await clock.next()).toBe(1_900_000_000_000_000);
  });
}

describeWith('postgres', 'version clock in PostgreSQL', () => behavesAsAClock('postgres'));
describeWith('mariadb', 'version clock in MariaDB', () => behavesAsAClock('mariadb'));
describe('version clock in SQLite', () => behavesAsAClock('sqlite'));
