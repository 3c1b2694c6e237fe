import { execFile } from 'node:child_process';
import { chownSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exchange } from './exchange.js';
import { findProgram, findServer } from './find-program.js';
import { unprivilegedOwner } from './postgres-program.js';
import { startServer, type RunningServer } from './running-server.js';
import { MissingServerError, ServiceError } from './service-error.js';

const INIT_TIMEOUT_MS = 60_000;
const run = promisify(execFile);

/** Speed over durability, for data that is thrown away. */
const THROW_AWAY = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=0',
  '--innodb-buffer-pool-size=64M',
  '--performance-schema=0',
];

export type MariadbOptions = {
  /** Fails when it is in use; a free port by default. */
  port?: number;
};

/** Starts the installed MariaDB: user `root`, no password, 127.0.0.1 alone. Its data go with the server. */
export async function startMariadb({ port }: MariadbOptions = {}): Promise<RunningServer> {
  const { server, installer } = requireMariadb();
  const owner = unprivilegedOwner();
  const user = owner ? ['--user=nobody'] : [];
  const files = (folder: string) => ({
    data: join(folder, 'data'),
    pid: join(folder, 'mariadbd.pid'),
    socket: join(folder, 'mariadbd.sock'),
  });
  return startServer({
    name: 'MariaDB',
    port,
    prepare: async (folder) => {
      if (owner) chownSync(folder, owner.uid, owner.gid);
      const args = [
        '--no-defaults',
        `--datadir=${files(folder).data}`,
        ...user,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
      ];
      await run(installer, args, { cwd: folder, timeout: INIT_TIMEOUT_MS }).catch(
        (error: { message: string; stderr?: string }) => {
          throw new ServiceError(`MariaDB could not make its data folder: ${error.stderr || error.message}`);
        },
      );
    },
    command: (chosen, folder) => {
      const { data, pid, socket } = files(folder);
      const places = [
        `--datadir=${data}`,
        `--pid-file=${pid}`,
        `--socket=${socket}`,
        '--bind-address=127.0.0.1',
        `--port=${chosen}`,
      ];
      return { file: server, args: ['--no-defaults', ...user, ...places, '--max-connections=200', ...THROW_AWAY] };
    },
    ready: async (chosen, pid, folder) =>
      Number(readFileSync(files(folder).pid, 'utf8')) === pid && (await exchange(chosen, '', 'MariaDB')) !== '',
    readyTimeoutMs: 60_000,
    address: (chosen) => `mysql://root@127.0.0.1:${chosen}`,
    stopSignal: 'SIGTERM',
  });
}

/** @throws {@link MissingServerError} */
export function requireMariadb(): { server: string; installer: string } {
  const [server, installer] = [findServer('mariadbd'), findProgram('mariadb-install-db')];
  if (server === undefined || installer === undefined)
    throw new MissingServerError('MariaDB', 'no mariadbd on PATH', ['mariadb-server']);
  return { server, installer };
}
