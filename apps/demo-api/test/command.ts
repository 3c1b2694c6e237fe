import { execFile } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const TYPESCRIPT = ['--require', join(ROOT, 'scripts/run-typescript.cjs'), '--conditions=@rookery/source', '--disable-warning=ExperimentalWarning'];

export type CommandResult = Readonly<{ code: number; out: string; err: string }>;

/** Runs a script of the demo as a process of its own, from its source, as an npm script runs the compiled one. */
export function runScript(script: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, NODE_OPTIONS: '', ...env }, timeout: 110_000 };
    const child = execFile(process.execPath, [...TYPESCRIPT, join(ROOT, 'apps/demo-api/src', script), ...args], options, (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }));
    child.stdin?.end();
  });
}
