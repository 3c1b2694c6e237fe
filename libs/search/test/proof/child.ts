import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Setting } from './setting.js';

const REGISTER = fileURLToPath(new URL('../../../../scripts/run-typescript.cjs', import.meta.url));

/** A process of the proof. */
export interface Child {
  readonly process: ChildProcess;
  /** How it ended, and what it printed. */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly output: string;
    readonly errors: string;
  }>;
}

export function start(script: 'writer' | 'relay' | 'migrate', setting: Setting): Child {
  const file = fileURLToPath(new URL(`./${script}.ts`, import.meta.url));
  const options = ['--require', REGISTER, '--conditions=@rookery/source', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...options, file], {
    env: { ...process.env, PROOF: JSON.stringify(setting), NODE_OPTIONS: '' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (errors = (errors + data.toString()).slice(-4_000)));
  const ended = new Promise<Awaited<Child['ended']>>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, output, errors })),
  );
  return { process: child, ended };
}
