import { spawn } from 'node:child_process';
import { once } from 'node:events';

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

export { freePort } from '@rookery/services';
