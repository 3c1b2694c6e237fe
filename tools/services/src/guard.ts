import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Guarded, GuardianLine } from './guardian.js';
import { nodeScript } from './script.js';

let guardian: ChildProcess | undefined;
let lastId = 0;
const held = new Set<number>();

/**
 * Makes sure that `thing` does not outlive this process, not even its SIGKILL.
 *
 * @returns a function to call once `thing` is gone. The guardian ends with the last release.
 */
export function guard(thing: Guarded): () => void {
  guardian ??= startGuardian();
  const id = ++lastId;
  held.add(id);
  send({ id, guard: thing });
  return () => {
    if (!held.delete(id)) return;
    send({ id });
    if (held.size > 0) return;
    guardian?.stdin?.end();
    guardian = undefined;
  };
}

/** Ends and removes everything that is guarded, at once, and resolves when it is gone. */
export async function tidyUp(): Promise<void> {
  const child = guardian;
  if (!child) return;
  guardian = undefined;
  held.clear();
  child.ref();
  const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  child.stdin?.end();
  await exited;
}

function startGuardian(): ChildProcess {
  const child = spawn(process.execPath, nodeScript('guardian'), {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  child.on('error', () => {});
  child.stdin.on('error', () => {}); // Somebody ended the guardian: its owner still stops what it started.
  child.unref();
  (child.stdin as unknown as Socket).unref();
  return child;
}

function send(line: GuardianLine): void {
  guardian?.stdin?.write(`${JSON.stringify(line)}\n`);
}
