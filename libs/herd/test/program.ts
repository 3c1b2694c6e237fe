import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Runs a server until `stop()`, which awaits its end. */
export function startProgram(file: string, args: readonly string[]) {
  const child = spawn(file, args, { stdio: 'ignore' });
  const ended = once(child, 'exit').catch(() => undefined);
  return {
    pid: child.pid,
    async stop(): Promise<void> {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
