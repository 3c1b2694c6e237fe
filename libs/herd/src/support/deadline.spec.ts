import { setImmediate as turn } from 'node:timers/promises';

import { afterDeadline, withDeadline } from './deadline.js';
import { within } from './within.js';

const late = (): Error => new Error('late');
const never = new Promise<never>(() => undefined);
/** Holds the event loop, as one that is busy does. */
const busy = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};
/** So many turns of the event loop, each of them late. */
async function afterTurns(turns: number, busyMs: number): Promise<string> {
  for (let i = 0; i < turns; i++) {
    busy(busyMs);
    await turn();
  }
  return 'done';
}
const signal = new AbortController().signal;

it.each<[string, (work: Promise<string>, ms: number) => Promise<string>]>([
  ['withDeadline', (work, ms) => withDeadline(work, ms, late)],
  ['within', (work, ms) => within(ms, signal, late, () => work)],
])('%s waits while this process is busy, and no longer', async (_name, under) => {
  expect(await under(afterTurns(4, 120), 100)).toBe('done');
  const start = performance.now();
  await expect(under(never, 100)).rejects.toThrow('late');
  expect(performance.now() - start).toBeGreaterThanOrEqual(99);
});

it('comes to its end, however late each timer is', async () => {
  let timers = 0;
  const ended = new Promise<void>((resolve) => afterDeadline(20, resolve));
  const work = setInterval(() => (timers++ < 5 ? busy(60) : undefined), 1);
  await ended;
  clearInterval(work);
  expect(timers).toBeGreaterThan(0);
});

it('is not called once it is cancelled, also after it was put off', async () => {
  let called = 0;
  const cancel = afterDeadline(10, () => called++);
  busy(50);
  // The timer has come, and was put off.
  await turn();
  await turn();
  cancel();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(called).toBe(0);
});

it('ends in a process that is always busy: after three times its time, and what held up the last turn', async () => {
  const startedAt = performance.now();
  let busy = true;
  const burn = (): void => {
    for (const until = performance.now() + 40; performance.now() < until;);
    if (busy) setTimeout(burn, 1);
  };
  burn();
  await expect(withDeadline(new Promise(() => undefined), 100, () => new Error('late'))).rejects.toThrow('late');
  busy = false;
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(100);
});
