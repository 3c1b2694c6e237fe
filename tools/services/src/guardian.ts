/**
 * A detached process that outlives its owner and tidies up after it. The owner holds the other end of standard input and
 * writes one JSON line per thing that must not stay behind; when the pipe closes, however the owner ended, whatever was not
 * released is ended and removed.
 */
import { renameSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { poll } from './poll.ts'; // Node runs this file as it is, from src too: it strips types and resolves no other ending.
import { commandLine, descendants, isAlive, signalAll } from './processes.ts';

/** A process to end, or to wait for where an end would do harm; a folder (or file) to remove; a file to move back. */
export type Guarded = {
  pid?: number;
  signal?: NodeJS.Signals | 'wait';
  folder?: string;
  restore?: { from: string; to: string };
};
export type GuardianLine = { id: number; guard?: Guarded };

const GUARDIAN = /\/services\/(src|dist)\/guardian\.[jt]s/;
const STOP_TIMEOUT_MS = 15_000;
const WAIT_TIMEOUT_MS = 10 * 60_000;

async function tidyUp({ pid, signal = 'SIGTERM', folder, restore }: Guarded): Promise<void> {
  if (pid !== undefined) await (signal === 'wait' ? poll(() => !isAlive(pid), WAIT_TIMEOUT_MS) : end(pid, signal));
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  if (restore !== undefined) renameSync(restore.from, restore.to);
}

async function end(pid: number, signal: NodeJS.Signals): Promise<void> {
  const family = [pid, ...descendants(pid)];
  const guardians = family.filter((member) => GUARDIAN.test(commandLine(member) ?? '')); // They have their own folders to remove.
  signalAll([pid], signal);
  signalAll(family, 'SIGCONT'); // A paused process would not notice it.
  await poll(() => !isAlive(pid), STOP_TIMEOUT_MS);
  signalAll(
    family.filter((member) => !guardians.includes(member)),
    'SIGKILL',
  );
  await poll(() => !guardians.some(isAlive), STOP_TIMEOUT_MS);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

const guarded = new Map<number, Guarded>();
for await (const line of createInterface({ input: process.stdin })) {
  const { id, guard } = JSON.parse(line) as GuardianLine;
  if (guard) guarded.set(id, guard);
  else guarded.delete(id);
}
const things = [...guarded.values()];
await Promise.allSettled(things.filter(({ pid }) => pid !== undefined).map(tidyUp));
await Promise.allSettled(things.filter(({ pid }) => pid === undefined).map(tidyUp)); // Folders after the processes that fill them.
