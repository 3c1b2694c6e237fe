import { setTimeout as pause } from 'node:timers/promises';

/** Waits until `condition` holds, and fails after `timeoutMs`. */
export async function until(
  what: string | (() => string),
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const start = Date.now();
  while (!(await condition())) {
    const waitedMs = Date.now() - start;
    if (waitedMs > timeoutMs)
      throw new Error(`waited ${timeoutMs} ms in vain until ${typeof what === 'string' ? what : what()}`);
    // What lasts longer is not looked at so often: to look costs the time of what it waits for.
    await pause(Math.min(5 + waitedMs / 20, 50));
  }
}
