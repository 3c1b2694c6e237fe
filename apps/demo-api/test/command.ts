import { execFile } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
/** Arguments of `node` that run a script from its source. */
export const TYPESCRIPT = [
  '--require',
  join(ROOT, 'scripts/run-typescript.cjs'),
  '--conditions=@rookery/source',
  '--disable-warning=ExperimentalWarning',
];

const TIMEOUT_MS = 240_000;

export type CommandResult = Readonly<{ code: number; out: string; err: string }>;

/**
 * Runs a script of the demo as a process of its own, from its source, as an npm script runs the compiled one.
 *
 * @param stopAt ends it by SIGTERM once it has printed this.
 */
export function runScript(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stopAt?: RegExp,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, NODE_OPTIONS: '', ...env }, timeout: TIMEOUT_MS };
    const child = execFile(
      process.execPath,
      [...TYPESCRIPT, join(ROOT, 'apps/demo-api/src', script), ...args],
      options,
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    );
    child.stdin?.end();
    child.stdout?.on('data', (text: string) => stopAt?.test(text) && child.kill('SIGTERM'));
  });
}
