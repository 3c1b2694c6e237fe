import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startMemcached, startPostgres } from '../src/index.js';
import { asOwner, unprivilegedOwner } from '../src/postgres-program.js';

describe('a PostgreSQL with a data folder', () => {
  let dataDir: string;
  let parent: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'postgres-spec-'));
    chmodSync(parent, 0o700); // As a clone below /root: the user that PostgreSQL runs as cannot enter.
    dataDir = join(parent, 'project/.rookery/postgres');
  });

  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const query = async (connectionString: string, sql: string) => {
    const client = new pg.Client({ connectionString });
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query<{ n: number }>(sql);
    await client.end();
    return rows;
  };

  it('still has its rows after a SIGKILL, and in another process later', async () => {
    const server = await startPostgres({ dataDir });
    await query(server.address, 'CREATE TABLE things AS SELECT 7 AS n');
    await server.kill();
    await server.restart();
    await expect(query(server.address, 'SELECT n FROM things')).resolves.toEqual([{ n: 7 }]);
    await server.stop();
    const next = await startPostgres({ dataDir });
    await expect(query(next.address, 'SELECT n FROM things')).resolves.toEqual([{ n: 7 }]);
    await next.stop();
  }, 60_000);

  it('starts although the process id in a stale lock file belongs to another program by now', async () => {
    const [server, other] = await Promise.all([startPostgres({ dataDir }), startMemcached()]);
    const lock = join(dataDir, 'postmaster.pid');
    const content = readFileSync(lock, 'utf8');
    await server.kill();
    writeFileSync(lock, content.replace(/^\d+/, String(other.pid)));
    await server.restart();
    await Promise.all([server.stop(), other.stop()]);
  }, 60_000);

  it('refuses a folder that another PostgreSQL uses, and names its process', async () => {
    const server = await startPostgres({ dataDir });
    await expect(startPostgres({ dataDir })).rejects.toThrow(
      `PostgreSQL already runs on ${dataDir} as process ${server.pid}`,
    );
    await server.stop();
  }, 60_000);

  it('may use programs in a folder that its user cannot enter', () => {
    const program = join(parent, 'program');
    writeFileSync(program, '', { mode: 0o755 });
    const { file, args } = asOwner({ file: 'test', args: ['-x', program] }, unprivilegedOwner(), [program]);
    expect(spawnSync(file, args)).toMatchObject({ status: 0, stderr: Buffer.alloc(0) });
  });
});
