import { setTimeout as delay } from 'node:timers/promises';

/** Asks until `question` answers true. @returns false when `timeoutMs` passed first. */
export async function poll(
  question: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs = 20,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (await question()) return true;
    if (performance.now() >= deadline) return false;
    await delay(everyMs);
  }
}
