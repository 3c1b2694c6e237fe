import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import pg from 'pg';
import { exchange } from '../src/exchange.js';
import { startMariadb, startMemcached, startPostgres, startRedis, type RunningServer } from '../src/index.js';
import { poll } from '../src/poll.js';
import { commandLine } from '../src/processes.js';
import { startServer } from '../src/running-server.js';

describe.each([
  ['memcached', startMemcached],
  ['redis', startRedis],
  ['postgres', startPostgres],
  ['mariadb', startMariadb],
] as const)('a running %s', (_name, start) => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await start();
  }, 60_000);

  afterAll(() => server.stop());

  const ask = async (): Promise<string> => {
    if (server.name === 'MariaDB') return exchange(server.port, '', 'MariaDB');
    if (server.name !== 'PostgreSQL')
      return exchange(server.port, server.name === 'Redis' ? 'PING\r\n' : 'version\r\n', '\r\n');
    const client = new pg.Client({ connectionString: server.address, connectionTimeoutMillis: 1000 });
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query<{ version: string }>('SELECT version()');
    await client.end();
    return rows[0]!.version;
  };

  it('answers on its port', async () => {
    await expect(ask()).resolves.toMatch(/^(VERSION|\+PONG|PostgreSQL 18)|MariaDB/);
  });

  it('is silent while paused and answers again when resumed', async () => {
    server.pause();
    await expect(ask()).rejects.toThrow(/timed out|timeout/);
    server.resume();
    await expect(ask()).resolves.toBeDefined();
  });

  it('refuses after a kill, and comes back on the same port as another process', async () => {
    const { pid, port } = server;
    await server.kill();
    await expect(ask()).rejects.toThrow('ECONNREFUSED');
    await server.restart();
    expect(server.port).toBe(port);
    expect(server.pid).not.toBe(pid);
    await expect(ask()).resolves.toBeDefined();
  });

  it('names a port that is in use', async () => {
    await expect(start({ port: server.port })).rejects.toThrow(`port ${server.port} of 127.0.0.1 is in use`);
  });

  it('leaves no process and no folder after stop', async () => {
    const { pid } = server;
    const folder = readlinkSync(`/proc/${pid}/cwd`).replace(/\/data$/, '');
    expect(existsSync(folder)).toBe(true);
    await server.stop();
    await server.stop();
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });
});

it('is gone after a kill with all that it forked in that moment', async () => {
  const mark = `7.${process.pid}${Date.now()}`;
  const server = await startServer({
    name: 'forks',
    command: () => ({ file: 'sh', args: ['-c', `while :; do sleep ${mark} & sleep 0.001; done`] }),
    ready: () => Promise.resolve(true),
    readyTimeoutMs: 5_000,
    address: String,
    stopSignal: 'SIGTERM',
  });
  const forked = () =>
    readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandLine(Number(name))?.includes(mark));
  expect(await poll(() => forked().length > 20, 5_000)).toBe(true);
  await server.kill();
  expect(forked()).toEqual([]);
  await server.stop();
});
