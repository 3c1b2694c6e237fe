import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../apps/demo-api/dist/main.js', import.meta.url));
/** As `npm run demo` starts it. */
export const NODE_FLAGS = ['--max-semi-space-size=16', '--max-old-space-size=192'];

/** The demo as a process of its own, started as a person starts it. */
export class DemoProcess {
  private constructor(
    readonly child: ChildProcess,
    readonly url: string,
    /** From the start of the process until it serves. */
    readonly startMs: number,
    /** From the first line of progress until it serves. */
    readonly workMs: number,
  ) {}

  /** @param flags more arguments of `node` */
  static async start(env: Record<string, string>, flags: readonly string[] = []): Promise<DemoProcess> {
    const startedAt = performance.now();
    const child = spawn(process.execPath, [...NODE_FLAGS, ...flags, MAIN], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    let firstProgressAt: number | undefined;
    for await (const line of createInterface({ input: child.stdout! })) {
      const now = performance.now();
      if (/^(Loading|Indexing) /.test(line)) firstProgressAt ??= now;
      const [url] = /http:\/\/\S+:\d+/.exec(line) ?? [];
      if (url === undefined || !line.startsWith('The API')) continue;
      child.stdout!.resume();
      return new DemoProcess(child, url, now - startedAt, now - (firstProgressAt ?? now));
    }
    throw new Error('the demo ended before it served');
  }

  /** The most memory that was resident so far, as Linux counts it. */
  peakBytes(): number {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  }

  /** @returns how long it took, in milliseconds. */
  async stop(): Promise<number> {
    const startedAt = performance.now();
    this.child.kill('SIGTERM');
    const [code] = (await once(this.child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`the demo ended with ${code} instead of 0`);
    return performance.now() - startedAt;
  }
}
