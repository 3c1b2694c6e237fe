import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a program to its end; a failure carries what it printed. */
export async function run(file, args, { cwd, env = {}, timeoutMs = 300_000 } = {}) {
  try {
    const { stdout } = await promisify(execFile)(file, args, {
      cwd,
      env: { ...process.env, ...env },
      timeout: timeoutMs,
      killSignal: 'SIGKILL', // Some that run here ignore a request to end.
      maxBuffer: 2 ** 26,
    });
    return stdout;
  } catch (error) {
    const why = error.killed ? `no end within ${timeoutMs / 1000} s` : error.message;
    throw new Error(`${[file, ...args].join(' ')} failed: ${why}\n${error.stdout ?? ''}${error.stderr ?? ''}`, {
      cause: error,
    });
  }
}
