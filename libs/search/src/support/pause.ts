import { setTimeout as wait } from 'node:timers/promises';

/** Resolves after `ms`, or at once when the signal ends. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(ms, undefined, signal ? { signal } : {}).catch(() => undefined);
}
