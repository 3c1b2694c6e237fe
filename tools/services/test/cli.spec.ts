import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exchange } from '../src/exchange.js';
import { findProgram } from '../src/find-program.js';
import { startMemcached } from '../src/index.js';
import { commandLine, descendants } from '../src/processes.js';
import { jest } from '@jest/globals';
import { CliRun } from './cli-run.js';

const LIBRARY = fileURLToPath(new URL('../dist/index.js', import.meta.url));

jest.setTimeout(120_000);

let scratch: string;
let run: CliRun;
beforeEach(() => (scratch = mkdtempSync(join(tmpdir(), 'cli-spec-'))));
afterEach(async () => {
  await run.dispose();
  rmSync(scratch, { recursive: true, force: true });
});

const start = (args: string[], env: NodeJS.ProcessEnv) => (run = new CliRun(args, env));

describe('services', () => {
  it('prints the addresses of three memcached, PostgreSQL and Redis, and ends them all on Ctrl-C', async () => {
    start(['services'], { ROOKERY_SERVICES: 'memcached,redis,postgres' });
    await run.untilPrinted('Ctrl-C ends them all');
    expect(run.output).toMatch(/^export MEMCACHED_SERVERS=127\.0\.0\.1:\d+,127\.0\.0\.1:\d+,127\.0\.0\.1:\d+$/m);
    expect(run.output).toMatch(/^export REDIS_URL=redis:\/\/127\.0\.0\.1:\d+$/m);
    expect(run.output).toMatch(/^export POSTGRES_URL=postgres:\/\/postgres@127\.0\.0\.1:\d+\/postgres$/m);
    await expect(run.signal('SIGINT')).resolves.toBe(0);
    expect(run.leftovers()).toEqual([]);
  });

  it('leaves nothing behind when it is killed itself', async () => {
    start(['services'], { ROOKERY_SERVICES: 'memcached,redis,postgres' });
    await run.untilPrinted('Ctrl-C ends them all');
    expect(run.noteFamily()).toBeGreaterThan(5);
    await expect(run.signal('SIGKILL')).resolves.toBe('SIGKILL');
    await run.until(() => run.leftovers().length === 0);
  });

  it('ends them all where what guards them was ended before', async () => {
    start(['services'], { ROOKERY_SERVICES: 'memcached,redis,postgres' });
    await run.untilPrinted('Ctrl-C ends them all');
    const guardians = descendants(run.pid).filter((pid) => commandLine(pid)?.includes('guardian'));
    expect(guardians).toHaveLength(1);
    for (const pid of guardians) process.kill(pid, 'SIGKILL');
    await expect(run.signal('SIGINT')).resolves.toBe(0);
    expect(run.leftovers()).toEqual([]);
  });

  it('ends what has not even started when a signal comes early', async () => {
    start(['services'], { ROOKERY_SERVICES: 'memcached,redis', PATH: programs({ 'redis-server': 'exec sleep 600' }) });
    await run.untilPrinted('memcached');
    await run.until(() => run.noteFamily() > 4);
    await expect(run.signal('SIGTERM')).resolves.toBe(143);
    expect(run.leftovers()).toEqual([]);
    expect(run.output).not.toContain('did not start');
  });

  it('ends the others when one server fails, and shows the end of its log', async () => {
    start(['services'], {
      ROOKERY_SERVICES: 'memcached,redis',
      PATH: programs({ 'redis-server': 'echo no memory left today; exit 3' }),
    });
    await expect(run.end()).resolves.toBe(1);
    expect(run.output).toMatch(/Redis did not start: it ended with code 3[^]*no memory left today/);
    expect(run.leftovers()).toEqual([]);
  });

  it('uses the address in the environment, and names the variable when nothing answers there', async () => {
    const server = await startMemcached();
    start(['services'], { ROOKERY_SERVICES: 'memcached', MEMCACHED_SERVERS: server.address });
    await run.untilPrinted(`export MEMCACHED_SERVERS=${server.address}`);
    await run.dispose();
    await server.stop();
    start(['services'], { ROOKERY_SERVICES: 'memcached', MEMCACHED_SERVERS: server.address });
    await expect(run.end()).resolves.toBe(1);
    expect(run.output).toContain(`MEMCACHED_SERVERS is set, but nothing answers at ${server.address}`);
  });

  it('names every missing server and both remedies in one message, and starts the others', async () => {
    const cache = { XDG_CACHE_HOME: join('/', 'nowhere') };
    start(['services'], {
      ROOKERY_SERVICES: 'redis,opensearch,memcached',
      ROOKERY_NO_INSTALL: '1',
      ...cache,
      PATH: programs({}),
    });
    await run.untilPrinted('Ctrl-C ends them all');
    expect(run.output).toMatch(
      /Missing servers:\n {2}Redis \(redis\): no redis-server on PATH\n {2}OpenSearch \(opensearch\): no mvn on PATH/,
    );
    expect(run.output).toMatch(/apt-get install redis-server maven\n.*docker compose up -d --wait redis opensearch\n/);
    expect(run.output).toMatch(/^export MEMCACHED_SERVERS=/m);
  });

  it('starts three embedded nodes where memcached is not installed', async () => {
    start(['services'], { ROOKERY_SERVICES: 'memcached', ROOKERY_NO_INSTALL: '1', PATH: join(scratch, 'empty') });
    await run.untilPrinted('Ctrl-C ends them all');
    const ports = run.output
      .match(/^export MEMCACHED_SERVERS=(.*)$/m)![1]!
      .split(',')
      .map((address) => Number(address.split(':')[1]));
    expect(run.output).toContain('memcached (embedded) ready');
    await Promise.all(
      ports.map((port) =>
        expect(exchange(port, 'set k 0 0 1\r\nv\r\nget k\r\n', 'END')).resolves.toBe(
          'STORED\r\nVALUE k 0 1\r\nv\r\nEND\r\n',
        ),
      ),
    );
    await run.signal('SIGKILL');
    await run.until(() => run.leftovers().length === 0);
  });

  it('refuses a service that it does not know', async () => {
    start(['services'], { ROOKERY_SERVICES: 'memcached,mongo' });
    await expect(run.end()).resolves.toBe(1);
    expect(run.output).toContain(
      'ROOKERY_SERVICES accepts postgres, mariadb, opensearch, opensearch2, memcached, redis or none (got mongo)',
    );
  });
});

describe('test', () => {
  const project = (body: string) => {
    writeFileSync(join(scratch, 'one.test.mjs'), `import { startMemcached } from '${LIBRARY}';\n${body}`);
    const config = JSON.stringify({
      rootDir: scratch,
      cacheDirectory: join(scratch, 'cache'),
      testMatch: ['**/*.test.mjs'],
      transform: {},
      testTimeout: 600_000,
    });
    return ['test', '--config', config];
  };

  it('passes the addresses on, exits with the code of Jest, and leaves nothing of a failed test', async () => {
    const args = project(
      `test('fails', async () => { await startMemcached(); throw new Error('saw ' + process.env.MEMCACHED_SERVERS); });`,
    );
    start(args, { ROOKERY_SERVICES: 'memcached' });
    await expect(run.end()).resolves.toBe(1);
    expect(run.output).toMatch(/saw 127\.0\.0\.1:\d+,/);
    await run.until(() => run.leftovers().length === 0);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)('takes Jest, its workers and their servers with it on %s', async (signal) => {
    const args = project(
      `test('hangs', async () => { const { pid } = await startMemcached(); process.stderr.write('started ' + pid); await new Promise((r) => setTimeout(r, 600_000)); });`,
    );
    start([...args, '--maxWorkers=2'], { ROOKERY_SERVICES: 'memcached' });
    await run.untilPrinted(/started \d+/);
    await run.signal(signal);
    await run.until(() => run.leftovers().length === 0);
  });
});

/** A PATH with what a runner needs, and `scripts` instead of the real servers. */
function programs(scripts: Record<string, string>): string {
  const folder = join(scratch, 'bin');
  mkdirSync(folder);
  for (const name of ['sh', 'sleep', 'id', 'setpriv', 'memcached']) {
    const program = findProgram(name);
    if (program) symlinkSync(program, join(folder, name));
  }
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}
