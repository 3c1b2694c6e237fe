import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';

/** A Jest `describe` that needs an installed program; skipped with a loud line where there is none. */
export function describeWithProgram(name: string, title: string, suite: (file: string) => void): void {
  const file = findProgram(name);
  if (file !== undefined) return describe(title, () => suite(file));
  process.stderr.write(`\n!!! SKIPPED "${title}": ${name} is not installed\n`);
  describe.skip(title, () => it(`needs ${name}`, () => undefined));
}

/** Debian keeps servers in sbin, which is not on everyone's PATH. */
function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

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
