import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const REGISTER = fileURLToPath(new URL('../../../../scripts/run-typescript.cjs', import.meta.url));

/** `node` with what runs a file of these folders. */
export const TYPESCRIPT_ARGUMENTS = ['--require', REGISTER, '--conditions=@rookery/source'];

export function startProcess(file: string, args: readonly string[] = [], options: ForkOptions = {}): ChildProcess {
  const env = { ...process.env };
  delete env['NODE_OPTIONS'];
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv: TYPESCRIPT_ARGUMENTS, env, ...options });
}

/** The next message of `child` for which `pick` finds something; rejects when it ends first, or is late. */
export function received<T>(
  child: ChildProcess,
  pick: (message: unknown) => T | undefined,
  timeoutMs = 30_000,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => settle(() => reject(new Error(`no message within ${timeoutMs} ms`))), timeoutMs);
    const onMessage = (message: unknown) => {
      const found = pick(message);
      if (found !== undefined) settle(() => resolve(found));
    };
    const onExit = (code: number | null) => settle(() => reject(new Error(`the process ended with ${code}`)));
    const settle = (done: () => void) => {
      clearTimeout(late);
      child.off('message', onMessage).off('exit', onExit);
      done();
    };
    child.on('message', onMessage).on('exit', onExit);
  });
}
