import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The process ids below `pid`, children before grandchildren. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const [child, parent] of parents()) children.set(parent, [...(children.get(parent) ?? []), child]);
  const found: number[] = [];
  for (let level = children.get(pid) ?? []; level.length > 0; level = level.flatMap((id) => children.get(id) ?? []))
    found.push(...level);
  return found;
}

function parents(): [child: number, parent: number][] {
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
    return lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = /\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1];
        return parent === undefined ? [] : [[Number(name), Number(parent)] as [number, number]];
      } catch {
        return []; // Ended meanwhile.
      }
    });
}

/** The command line of a running process, or undefined when there is none. */
export function commandLine(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}

/** Whether a process runs; one that has ended and only waits for its parent to notice does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Sends a signal to those of `pids` that still run. */
export function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // Ended meanwhile.
    }
  }
}

/**
 * Kills a process and all that it has forked. What is stopped forks no more, so that none is missed.
 *
 * @returns whom it killed; they are gone a little later.
 */
export function killFamily(pid: number): number[] {
  let family = [pid];
  for (let stopped: number[] = []; family.some((member) => !stopped.includes(member));) {
    signalAll(family, 'SIGSTOP');
    stopped = family;
    family = [pid, ...descendants(pid)];
  }
  signalAll(family, 'SIGKILL');
  return family;
}

/**
 * Waits until each thread of `pids` has stopped after SIGSTOP: on a busy machine one may answer for some milliseconds more. Where
 * there is no /proc it does not wait.
 */
export function awaitStopped(pids: readonly number[], timeoutMs: number): void {
  if (process.platform !== 'linux') return;
  for (const until = performance.now() + timeoutMs; performance.now() < until && !pids.every(isStopped);) continue;
}

function isStopped(pid: number): boolean {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.every((id) => /\) [TtZX] /.test(readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8')));
  } catch {
    return !isAlive(pid);
  }
}
