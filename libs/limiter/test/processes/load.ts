/**
 * One of several processes that use a limiter as fast as it answers: `load.ts STORAGE ADDRESS PREFIX POLICY TASK MILLISECONDS`.
 * Of a worker of a cluster POLICY lists one policy for each worker.
 * Says `ready`, works when it hears `go`, and reports when each call was admitted, and when it was over.
 */
import cluster from 'node:cluster';
import type { PolicyOptions } from '../../src/contracts/policy.js';
import { openStorage } from './open-storage.js';
import { Limiter } from '../../src/service/limiter.js';

const TIMEOUT_MS = 20_000;
const LANES = 4;
const [kind, address, prefix, policy, task, milliseconds] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
];

const given = JSON.parse(policy) as PolicyOptions | readonly PolicyOptions[];
const limiter = new Limiter({
  storage: await openStorage(kind, address, TIMEOUT_MS),
  policies: {
    load: Array.isArray(given) ? (given as PolicyOptions[])[cluster.worker!.id - 1]! : (given as PolicyOptions),
  },
  prefix,
  timeoutMs: TIMEOUT_MS,
  onStorageError: 'closed',
  localDenialMaxAgeMs: 0,
});
/** The machine's monotonic clock, in milliseconds: the same in each process, whatever becomes of the time of day. */
const clock = (): number => Number(process.hrtime.bigint()) / 1e6;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const spans: [from: number, to: number][] = [];

/** Whether one call was admitted. */
const tasks: Readonly<Record<string, () => Promise<boolean>>> = {
  consume: async () => {
    const sentAt = clock();
    const { allowed } = await limiter.consume('load', 'key');
    if (allowed) spans.push([sentAt, clock()]);
    return allowed;
  },
  hold: async () => {
    const held = await limiter.reserve('load', 'key');
    if (!held.decision.allowed) return false;
    const from = clock();
    await pause(5);
    spans.push([from, clock()]);
    await held.release();
    return true;
  },
  /** Reserves one token, and uses three. */
  settle: async () => {
    const held = await limiter.reserve('load', 'key');
    if (!held.decision.allowed) return false;
    for (let used = 0; used < 3; used++) spans.push([clock(), clock()]);
    await held.settle(3);
    return true;
  },
};

process.on('message', (message: { go?: true }) => {
  if (message.go === true) void work();
});
await limiter.check();
process.send!({ ready: true });

async function work(): Promise<void> {
  const until = performance.now() + Number(milliseconds);
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      while (performance.now() < until) if (!(await tasks[task]!())) await pause(1);
    }),
  );
  process.send!({ done: spans });
}
