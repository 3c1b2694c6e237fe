/**
 * A detached process that outlives its owner and tidies up after it. The owner holds the other end of standard input and
 * writes one JSON line per thing that must not stay behind; when the pipe closes, however the owner ended, whatever was not
 * released is ended and removed. Node runs this file as it is, from `src` (types stripped) and from `dist`.
 */
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

/** `pid` is the leader of its own process group. */
export type Guarded = { pid?: number; signal?: NodeJS.Signals; folder?: string; restore?: { from: string; to: string } };
export type GuardianLine = { id: number; guard?: Guarded };

const STOP_TIMEOUT_MS = 15_000;

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true; // No /proc on this system.
  }
}

async function tidyUp({ pid, signal = 'SIGTERM', folder, restore }: Guarded): Promise<void> {
  if (pid !== undefined) {
    signalGroup(pid, signal);
    signalGroup(pid, 'SIGCONT');
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (isAlive(pid) && Date.now() < deadline) await delay(20);
    signalGroup(pid, 'SIGKILL');
  }
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  if (restore !== undefined) renameSync(restore.from, restore.to);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

const guarded = new Map<number, Guarded>();
for await (const line of createInterface({ input: process.stdin })) {
  const { id, guard } = JSON.parse(line) as GuardianLine;
  if (guard) guarded.set(id, guard);
  else guarded.delete(id);
}
await Promise.allSettled([...guarded.values()].map(tidyUp));
