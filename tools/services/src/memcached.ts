import { exchange } from './exchange.js';
import { findProgram } from './find-program.js';
import { startServer, type Command, type RunningServer } from './running-server.js';
import { nodeScript } from './script.js';
import { ServiceError } from './service-error.js';

export type MemcachedOptions = {
  /** Fails when it is in use; a free port by default. */
  port?: number;
  /** More arguments of the `memcached` program: `['-m', '8']`. The embedded node accepts `-m` (megabytes) alone. */
  args?: string[];
};

/** Starts the installed `memcached`; where there is none, the embedded node of `@rookery/herd/testing` in a process of its own. */
export function startMemcached({ port, args = [] }: MemcachedOptions = {}): Promise<RunningServer> {
  const program = findProgram('memcached');
  return startServer({
    name: program ? 'memcached' : 'memcached (embedded)',
    port,
    command: (chosen) => (program ? installed(program, chosen, args) : embedded(chosen, args)),
    ready: async (chosen, pid) => {
      const stats = await exchange(chosen, 'stats\r\n', 'END\r\n');
      const owner = /^STAT pid (\d+)/m.exec(stats)?.[1];
      return owner === undefined || Number(owner) === pid;
    },
    readyTimeoutMs: 10_000,
    address: (chosen) => `127.0.0.1:${chosen}`,
    stopSignal: 'SIGKILL', // It keeps nothing; to SIGTERM it answers at the next tick of its clock, up to a second later.
  });
}

function installed(file: string, port: number, args: string[]): Command {
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  return { file, args: [...user, '-l', '127.0.0.1', '-U', '0', '-p', String(port), ...args] };
}

function embedded(port: number, args: string[]): Command {
  const [flag, megabytes, ...rest] = args;
  const known = args.length === 0 || (flag === '-m' && Number(megabytes) > 0 && rest.length === 0);
  if (!known)
    throw new ServiceError(
      `the embedded memcached node accepts -m <megabytes> alone (got ${args.join(' ')}): install the package memcached`,
    );
  return {
    file: process.execPath,
    args: [...nodeScript('memcached-node'), String(port), ...(megabytes === undefined ? [] : [megabytes])],
  };
}
