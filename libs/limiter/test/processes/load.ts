/**
 * One of several processes that use a limiter as fast as it answers: `load.ts STORAGE ADDRESS`.
 * Sends `open` once; for each `order` it sends `ready`, works on `go`, and reports when each call was admitted, and
 * when it was over. It works until it was refused once, however slow the machine is: what a limit allows is used up then.
 */
import type { PolicyOptions } from '../../src/contracts/policy.js';
import { openStorage } from './open-storage.js';
import { Limiter } from '../../src/service/limiter.js';

/** What to do next, with buckets of its own below `prefix`. */
export interface LoadOrder {
  readonly prefix: string;
  readonly policy: PolicyOptions;
  readonly task: 'consume' | 'hold' | 'settle';
  readonly runMs: number;
}
export type LoadMessage = { readonly order: LoadOrder } | { readonly go: true };

const TIMEOUT_MS = 20_000;
const LANES = 4;
/** Of the last refusal, which may be long in coming. */
const REFUSED_WITHIN_MS = 20_000;
const [kind, address] = process.argv.slice(2) as [string, string];

const storage = await openStorage(kind, address, TIMEOUT_MS);
/** The machine's monotonic clock, in milliseconds: the same in each process, whatever becomes of the time of day. */
const clock = (): number => Number(process.hrtime.bigint()) / 1e6;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
type Span = [from: number, to: number];

/** Times of the machine's monotonic clock, in milliseconds; 0 where nobody was refused. */
export type Worked = Readonly<{ spans: readonly Span[]; lastRefusedAt: number }>;

/** Whether one call was admitted; its span is added to `spans`. */
const tasks: Readonly<Record<LoadOrder['task'], (limiter: Limiter, spans: Span[]) => Promise<boolean>>> = {
  consume: async (limiter, spans) => {
    const sentAt = clock();
    const { allowed } = await limiter.consume('load', 'key');
    if (allowed) spans.push([sentAt, clock()]);
    return allowed;
  },
  hold: async (limiter, spans) => {
    const held = await limiter.reserve('load', 'key');
    if (!held.decision.allowed) return false;
    const from = clock();
    await pause(5);
    spans.push([from, clock()]);
    await held.release();
    return true;
  },
  /** Reserves one token, and uses three. */
  settle: async (limiter, spans) => {
    const held = await limiter.reserve('load', 'key');
    if (!held.decision.allowed) return false;
    for (let used = 0; used < 3; used++) spans.push([clock(), clock()]);
    await held.settle(3);
    return true;
  },
};

let work: () => Promise<Worked>;

// A worker of a cluster receives the answers to its storage, too.
process.on('message', (message: LoadMessage | object) => {
  if ('order' in message) void prepare(message.order).then(() => process.send!({ ready: true }));
  if ('go' in message) void work().then((done) => process.send!({ done }));
});
process.send!({ open: true });

async function prepare({ prefix, policy, task, runMs }: LoadOrder): Promise<void> {
  const limiter = new Limiter({
    storage,
    policies: { load: policy },
    prefix,
    timeoutMs: TIMEOUT_MS,
    onStorageError: 'closed',
    localDenialMaxAgeMs: 0,
  });
  await limiter.check();
  work = async () => {
    const spans: Span[] = [];
    let lastRefusedAt = 0;
    const until = clock() + runMs;
    const goesOn = (): boolean => clock() < until || (lastRefusedAt === 0 && clock() < until + REFUSED_WITHIN_MS);
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        while (goesOn()) {
          const sentAt = clock();
          if (await tasks[task](limiter, spans)) continue;
          lastRefusedAt = Math.max(lastRefusedAt, sentAt);
          await pause(1);
        }
      }),
    );
    return { spans, lastRefusedAt };
  };
}
