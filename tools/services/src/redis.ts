import { exchange } from './exchange.js';
import { findProgram } from './find-program.js';
import { startServer, type RunningServer } from './running-server.js';
import { ServiceError } from './service-error.js';

export type RedisOptions = {
  /** Fails when it is in use; a free port by default. */
  port?: number;
  /** More arguments of `redis-server`: `['--maxmemory', '8mb']`. */
  args?: string[];
};

/** Starts the installed `redis-server` (or `valkey-server`), without persistence. */
export async function startRedis({ port, args = [] }: RedisOptions = {}): Promise<RunningServer> {
  const file = findRedis();
  if (file === undefined) throw new ServiceError('no redis-server on PATH: install the package redis-server');
  return startServer({
    name: 'Redis',
    port,
    command: (chosen, folder) => ({
      file,
      args: ['--bind', '127.0.0.1', '--port', String(chosen), '--dir', folder, '--save', '', '--appendonly', 'no', ...args],
    }),
    ready: async (chosen, pid) => (await exchange(chosen, 'INFO server\r\n', 'executable:')).includes(`process_id:${pid}\r`),
    readyTimeoutMs: 10_000,
    address: (chosen) => `redis://127.0.0.1:${chosen}`,
    stopSignal: 'SIGTERM',
  });
}

export function findRedis(): string | undefined {
  return findProgram('redis-server') ?? findProgram('valkey-server');
}
