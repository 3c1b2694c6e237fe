import { MikroORM } from '@mikro-orm/postgresql';
import { describeWith } from '@rookery/services';
import { readConfig } from '../src/config/read-config.js';
import { EditorSession } from '../src/entities/index.js';
import { ormOptions } from '../src/entities/orm-options.js';
import { Sessions } from '../src/login/sessions.js';
import { ownEnvironment } from './demo-under-test.js';

const SECONDS = 60;
const START = Date.UTC(2026, 0, 1);
const MOST = 1000;

const at = (seconds: number): Date => new Date(START + seconds * 1000);

describeWith('postgres', 'sessions of editors', (postgres) => {
  let orm: MikroORM;
  let sessions: Sessions;

  beforeEach(async () => {
    const env = ownEnvironment({ postgres, opensearch: 'http://127.0.0.1:9', memcached: '127.0.0.1:9' });
    const config = readConfig({ ...env, SESSION_SECONDS: String(SECONDS) });
    orm = await MikroORM.init(ormOptions(config.postgresUrl));
    await orm.schema.ensureDatabase();
    await orm.migrator.up();
    sessions = new Sessions(orm.em, config);
  });

  afterEach(async () => {
    await orm.schema.dropDatabase();
    await orm.close(true);
  });

  const fill = (count: number, expiresAt: (index: number) => Date) =>
    orm.em.fork().insertMany(
      EditorSession,
      Array.from({ length: count }, (_, index) => ({
        tokenHash: String(index).padStart(64, '0'),
        expiresAt: expiresAt(index),
      })),
    );
  const hashes = async () =>
    (await orm.em.fork().findAll(EditorSession, { orderBy: { tokenHash: 'asc' } })).map(({ tokenHash }) => tokenHash);

  it('hold until they expire, and are gone from the table with the next login', async () => {
    const { token, expiresAt } = await sessions.open(at(0));
    expect(expiresAt).toEqual(at(SECONDS));
    expect(await hashes()).not.toContain(token);
    expect(await sessions.holds(token, at(SECONDS - 1))).toBe(true);
    expect(await sessions.holds(token, at(SECONDS))).toBe(false);
    expect(await sessions.holds('another', at(1))).toBe(false);
    const next = await sessions.open(at(SECONDS));
    expect(await hashes()).toHaveLength(1);
    expect(await sessions.holds(next.token, at(SECONDS))).toBe(true);
  });

  it.each([
    ['that expire one after the other', (index: number) => at(1 + index / 1000)],
    ['that all expire at once', () => at(1)],
  ])('are a thousand at most, of which the oldest ends for a new one, also of those %s', async (_, expiresAt) => {
    await fill(MOST, expiresAt);
    const { token } = await sessions.open(at(0));
    const left = await hashes();
    expect(left).toHaveLength(MOST);
    expect(await sessions.holds(token, at(0))).toBe(true);
    await Promise.all(Array.from({ length: 5 }, () => sessions.open(at(0))));
    await sessions.open(at(0));
    expect((await hashes()).length).toBeLessThanOrEqual(MOST);
  });

  it('end by the oldest, and no others', async () => {
    await fill(MOST, (index) => at(1 + index / 1000));
    await sessions.open(at(0));
    const left = await hashes();
    expect(left).not.toContain('0'.repeat(64));
    expect(left.filter((hash) => hash.startsWith('0000'))).toHaveLength(MOST - 1);
  });
});
