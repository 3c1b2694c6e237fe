import { setTimeout as pause } from 'node:timers/promises';

/** Waits until `condition` holds. @returns how long that took, in milliseconds. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<number> {
  const start = Date.now();
  while (!(await condition())) {
    if (Date.now() - start > timeoutMs) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
    await pause(5);
  }
  return Date.now() - start;
}
