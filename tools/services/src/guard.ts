import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Guarded, GuardianLine } from './guardian.js';
import { reportLine } from './reporter.js';
import { nodeScript } from './script.js';

let guardian: ChildProcess | undefined;
let lastId = 0;
const held = new Map<number, Guarded>();

/**
 * Makes sure that `thing` does not outlive this process, not even its SIGKILL.
 *
 * @returns a function to call once `thing` is gone. The guardian ends with the last release.
 */
export function guard(thing: Guarded): () => void {
  const id = ++lastId;
  held.set(id, thing);
  if (guardian) send(guardian, { id, guard: thing });
  else guardian = startGuardian();
  return () => {
    if (!held.delete(id) || !guardian) return;
    send(guardian, { id });
    if (held.size > 0) return;
    guardian.stdin?.end();
    guardian = undefined;
  };
}

/** Ends and removes everything that is guarded, at once, and resolves when it is gone. */
export async function tidyUp(): Promise<void> {
  const child = guardian;
  if (!child) return;
  guardian = undefined;
  if (await finish(child)) return held.clear();
  // Somebody ended it, or it never ran.
  const done = held.size === 0 || (await finish(startGuardian('inherit')));
  if (!done) reportLine(`These may be left: ${[...held.values()].map(nameOf).join(', ')}`);
  held.clear();
}

/** @returns whether it came to its end by itself, everything done */
async function finish(child: ChildProcess): Promise<boolean> {
  const exited = isOver(child) ? undefined : once(child, 'exit');
  child.ref();
  child.stdin?.end();
  await exited;
  return child.exitCode === 0;
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Holds what is held already. */
function startGuardian(stderr: 'ignore' | 'inherit' = 'ignore'): ChildProcess {
  const child = spawn(process.execPath, nodeScript('guardian'), {
    detached: true,
    stdio: ['pipe', 'ignore', stderr],
    cwd: '/',
  });
  child.on('error', () => {});
  child.stdin.on('error', () => {}); // Somebody ended the guardian: its owner still stops what it started.
  child.unref();
  (child.stdin as unknown as Socket).unref();
  for (const [id, thing] of held) send(child, { id, guard: thing });
  return child;
}

function send({ stdin }: ChildProcess, line: GuardianLine): void {
  stdin?.write(`${JSON.stringify(line)}\n`);
}

function nameOf({ pid, folder, restore }: Guarded): string {
  return pid === undefined ? (folder ?? restore!.from) : `process ${pid}`;
}
