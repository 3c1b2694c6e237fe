import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { guard, tidyUp } from './guard.js';
import { reportLine } from './reporter.js';
import { ServiceError } from './service-error.js';

const CHILD_STOP_TIMEOUT_MS = 15_000;
const ORPHAN_CHECK_MS = 1000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Signal = (typeof SIGNALS)[number];

/** Resolves with the first signal to stop. */
const stopSignal = new Promise<Signal>((resolve) => {
  for (const signal of SIGNALS) process.on(signal, () => resolve(signal));
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid; // A killed npm informs nobody.
  setInterval(() => process.ppid !== parent && resolve('SIGTERM'), ORPHAN_CHECK_MS).unref();
});

let foreground: { child: ChildProcess; ended: Promise<number> } | undefined;

/** Runs `work`, then ends everything that it started, also when it fails or a signal arrives, and exits with its code. */
export async function runToEnd(work: () => Promise<number>): Promise<never> {
  let over = false;
  const worked = work().catch((error: unknown) => {
    if (!over)
      reportLine(error instanceof ServiceError ? error.message : String(error instanceof Error ? error.stack : error));
    return 1;
  });
  const code = await Promise.race([worked, stopSignal.then(endForeground)]);
  over = true;
  await tidyUp();
  process.exit(code);
}

let stopIsTheEnd = false;

/** For work that has no other end than a signal to stop: the exit code is 0 then. */
export function untilStopped(): Promise<never> {
  stopIsTheEnd = true;
  setInterval(() => {}, 2 ** 30); // Keeps the process awake.
  return new Promise(() => {});
}

/** Passes the signal on, and waits for the end; what is overdue is left to the guardian. */
async function endForeground(signal: Signal): Promise<number> {
  foreground?.child.kill(signal);
  await Promise.race([foreground?.ended, delay(CHILD_STOP_TIMEOUT_MS)]);
  return stopIsTheEnd ? 0 : 128 + constants.signals[signal];
}

type ForegroundOptions = {
  apart?: boolean;
  /** Answers what the program sends by `process.send({ id, … })`, with `{ id, answer }` or `{ id, error }`. */
  answer?: (request: unknown) => Promise<unknown>;
};

/**
 * Runs a program until it ends. On Ctrl-C a terminal signals all its processes, and this one passes the signal on: a program
 * that a second one would harm is `apart`, and receives it once. It cannot read from the terminal then.
 *
 * @returns its exit code.
 */
export function runForeground(
  file: string,
  args: string[],
  env: Record<string, string>,
  { apart = false, answer }: ForegroundOptions = {},
): Promise<number> {
  const child = spawn(file, args, {
    stdio: answer ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    env: { ...process.env, ...env },
    detached: apart,
  });
  if (answer) answerRequests(child, answer);
  const release = child.pid === undefined ? () => {} : guard({ pid: child.pid });
  const ended = new Promise<number>((resolve) => {
    child.once('error', (error) => {
      reportLine(`${file} could not be started: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
  });
  foreground = { child, ended };
  return ended.finally(release);
}

function answerRequests(child: ChildProcess, answer: (request: unknown) => Promise<unknown>): void {
  const reply = (message: object) => {
    if (child.connected) child.send(message, () => {}); // It may have ended meanwhile.
  };
  child.on('message', (request: { id?: unknown }) => {
    void answer(request).then(
      (answered) => reply({ id: request.id, answer: answered }),
      (error: unknown) => reply({ id: request.id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
}
