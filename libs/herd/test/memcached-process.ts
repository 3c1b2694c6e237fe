import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function accepts(port: number): Promise<void> {
  for (let tries = 0; ; tries++) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (tries > 200) throw error;
      await pause(10);
    } finally {
      socket.destroy();
    }
  }
}

/** A real memcached of one's own, to freeze, kill and restart. */
export async function startMemcached(options: { port?: number; args?: string[] } = {}) {
  const port = options.port ?? (await freePort());
  const run = async () => {
    const child = spawn('memcached', ['-u', 'nobody', '-l', '127.0.0.1', '-U', '0', '-p', String(port), ...(options.args ?? [])]);
    await accepts(port);
    return child;
  };
  let child = await run();
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    host: '127.0.0.1',
    port,
    address: `127.0.0.1:${port}`,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGKILL');
      child = await run();
    },
  };
}
