import { exchange } from './exchange.js';
import { findProgram } from './find-program.js';
import { startServer, type RunningServer } from './running-server.js';
import { MissingServerError } from './service-error.js';

export type RedisOptions = {
  /** Fails when it is in use; a free port by default. */
  port?: number;
  /** More arguments of `redis-server`: `['--maxmemory', '8mb']`. */
  args?: string[];
};

/** Starts the installed `redis-server` (or `valkey-server`), without persistence. */
export async function startRedis({ port, args = [] }: RedisOptions = {}): Promise<RunningServer> {
  const file = requireRedis();
  return startServer({
    name: 'Redis',
    port,
    command: (chosen, folder) => ({
      file,
      args: [
        '--bind',
        '127.0.0.1',
        '--port',
        String(chosen),
        '--dir',
        folder,
        '--save',
        '',
        '--appendonly',
        'no',
        // A replica is there at once, and not after 5 s.
        '--repl-diskless-sync-delay',
        '0',
        ...args,
      ],
    }),
    ready: async (chosen, pid) =>
      (await exchange(chosen, 'INFO server\r\n', 'executable:')).includes(`process_id:${pid}\r`),
    readyTimeoutMs: 10_000,
    address: (chosen) => `redis://127.0.0.1:${chosen}`,
    stopSignal: 'SIGTERM',
  });
}

/** @throws {@link MissingServerError} */
export function requireRedis(): string {
  const file = findProgram('redis-server') ?? findProgram('valkey-server');
  if (file === undefined) throw new MissingServerError('Redis', 'no redis-server on PATH', ['redis-server']);
  return file;
}
