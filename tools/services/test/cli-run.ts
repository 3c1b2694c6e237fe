import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { poll } from '../src/poll.js';
import { descendants, isAlive } from '../src/processes.js';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const TIMEOUT_MS = 60_000;

/** The command line as a person runs it, in a process of its own, with a temporary folder of its own. */
export class CliRun {
  readonly temp = mkdtempSync(join(tmpdir(), 'cli-run-'));
  output = '';
  private readonly child: ChildProcess;
  private readonly exited: Promise<number | NodeJS.Signals>;
  private family: number[] = [];

  constructor(args: string[], env: NodeJS.ProcessEnv) {
    const clean = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/_URL$|_SERVERS$|^CI$|^npm_|^ROOKERY_/.test(name)),
    );
    this.child = spawn(process.execPath, [CLI, ...args], {
      env: { ...clean, TMPDIR: this.temp, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.exited = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve(code ?? signal!)));
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  get pid(): number {
    return this.child.pid!;
  }

  async until(done: () => boolean): Promise<void> {
    if (!(await poll(done, TIMEOUT_MS)))
      throw new Error(`not within ${TIMEOUT_MS} ms (left over: ${this.leftovers().join(', ')}):\n${this.output}`);
  }

  untilPrinted(text: string | RegExp): Promise<void> {
    return this.until(() => this.output.search(text) >= 0);
  }

  /** Notes every process that runs on its behalf by now: {@link leftovers} looks for them. */
  noteFamily(): number {
    this.family = descendants(this.pid);
    return this.family.length;
  }

  async signal(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    this.noteFamily();
    this.child.kill(signal);
    return this.exited;
  }

  end(): Promise<number | NodeJS.Signals> {
    return this.exited;
  }

  /** What is left of its processes and of its temporary folder, right now. */
  leftovers(): string[] {
    return [...this.family.filter(isAlive).map((pid) => `process ${pid}`), ...readdirSync(this.temp)];
  }

  async dispose(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.exited;
    await poll(() => this.leftovers().length === 0, TIMEOUT_MS);
    rmSync(this.temp, { recursive: true, force: true });
  }
}
