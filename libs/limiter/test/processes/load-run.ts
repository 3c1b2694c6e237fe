import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { PolicyOptions } from '../../src/contracts/policy.js';
import type { LoadMessage, Worked } from './load.js';
import { received, startProcess } from './start.js';

export type LoadStorage = 'redis' | 'node-redis' | 'memcached' | 'postgres' | 'memory-cluster';

/** What was admitted, and what is wrong with it, if anything. */
export interface LoadReport {
  readonly admitted: number;
  readonly wrong: string | undefined;
}

type Spans = Worked['spans'];

/** From the start, in milliseconds: until the last refusal, when what was allowed was used up, and until the end. */
interface Elapsed {
  readonly refusedMs: number;
  readonly endMs: number;
}

/** What processes do, and the verdict of a count without buckets: `undefined`, or what is wrong. */
export interface Load {
  readonly policies: readonly [PolicyOptions, PolicyOptions, PolicyOptions];
  readonly task: 'consume' | 'hold' | 'settle';
  readonly judge: (spans: Spans, elapsed: Elapsed) => string | undefined;
}

const PROCESSES = 3;
/** On a machine that is busy a process needs its time to start. */
const START_TIMEOUT_MS = 120_000;
const REPORT_TIMEOUT_MS = 40_000;
/** As in the processes. */
const clock = (): number => Number(process.hrtime.bigint()) / 1e6;
const thrice = (policy: PolicyOptions) => [policy, policy, policy] as const;

/** At most `burst` and what drains in the whole run, and nearly all of that until the last refusal. */
const atRate =
  (burst: number, perMs: number, lowest = 0.7) =>
  ({ length }: Spans, { refusedMs, endMs }: Elapsed): string | undefined => {
    const allowed = burst + perMs * endMs;
    if (length > allowed) return `${length} of ${allowed}`;
    if (refusedMs < 0) return 'nobody was refused';
    return length < lowest * (burst + perMs * (refusedMs - 300)) ? `only ${length} of ${allowed}` : undefined;
  };

const exactly =
  (count: number) =>
  (spans: Spans): string | undefined =>
    spans.length === count ? undefined : `${spans.length} instead of ${count}`;

/** How many calls were under way at once, by the processes' own clock. */
const atOnce =
  (most: number) =>
  (spans: Spans): string | undefined => {
    const edges = spans.flatMap(([from, to]) => [[from, 1] as const, [to, -1] as const]);
    edges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    let [now, highest] = [0, 0];
    for (const [, step] of edges) highest = Math.max(highest, (now += step));
    if (spans.length === 0) return 'none was admitted';
    return highest > most ? `${highest} at once instead of ${most}` : undefined;
  };

export const LOADS: Readonly<Record<string, Load>> = {
  rate: { policies: thrice({ limit: 200, per: '1s', burst: 20 }), task: 'consume', judge: atRate(20, 0.2) },
  'two releases': {
    policies: [
      { limit: 100, per: '10s' },
      { limit: 10, per: '1s' },
      { limit: 10, per: '1s' },
    ],
    task: 'consume',
    judge: atRate(100, 0.01, 0.1),
  },
  'releases of other rates': {
    policies: [
      { limit: 50, per: '1s', burst: 10 },
      { limit: 60, per: '3s', burst: 40 },
      {
        limits: [
          { limit: 20, per: '1s' },
          { limit: 400, per: '20s' },
        ],
      },
    ],
    task: 'consume',
    judge: atRate(40, 0.05, 0.05),
  },
  'releases of other quotas': {
    policies: [
      { quota: 150, every: 'month' },
      { quota: 100, every: 'month' },
      {
        limits: [
          { quota: 150, every: 'month' },
          { limit: 1000, per: '1s' },
        ],
      },
    ],
    task: 'consume',
    judge: exactly(150),
  },
  'releases of other leases': {
    policies: [
      { concurrency: 3, leaseMs: 60_000 },
      { concurrency: 2, leaseMs: 60_000 },
      {
        limits: [
          { concurrency: 3, leaseMs: 90_000 },
          { limit: 1000, per: '1s' },
        ],
      },
    ],
    task: 'hold',
    judge: atOnce(3),
  },
  'releases with and without a block': {
    policies: [
      { limit: 200, per: '1s', burst: 20 },
      { limit: 200, per: '1s', burst: 20, blockFor: '1h' },
      { limit: 200, per: '1s', burst: 10 },
    ],
    task: 'consume',
    judge: atRate(20, 0.2, 0.2),
  },
  'releases of other debts': {
    policies: [
      { limit: 100, per: '1s', burst: 10, maxDebt: 1000 },
      { limit: 100, per: '1s', burst: 10, maxDebt: 500 },
      { limit: 100, per: '1s', burst: 5, maxDebt: 2000 },
    ],
    task: 'settle',
    judge: atRate(10 + 12 * 3, 0.1, 0.2),
  },
  quota: { policies: thrice({ quota: 150, every: 'month' }), task: 'consume', judge: exactly(150) },
  block: {
    policies: thrice({ limit: 1000, per: '1s', burst: 25, blockFor: '1h' }),
    task: 'consume',
    judge: blocked(25),
  },
  concurrency: { policies: thrice({ concurrency: 3, leaseMs: 60_000 }), task: 'hold', judge: atOnce(3) },
  // Each of twelve calls under way may settle two tokens beyond a bucket that looked free: the bound is the debt, and them.
  debt: {
    policies: thrice({ limit: 100, per: '1s', burst: 10, maxDebt: 1000 }),
    task: 'settle',
    judge: atRate(10 + 12 * 3, 0.1, 0.5),
  },
};

/** A block begins with the first refusal: what drained until then passes. */
function blocked(burst: number): Load['judge'] {
  return (spans) => {
    const lasted = Math.max(...spans.map(([, to]) => to)) - Math.min(...spans.map(([from]) => from));
    return spans.length >= burst && spans.length <= burst + lasted + 1 ? undefined : `${spans.length} in ${lasted} ms`;
  };
}

/** Three processes that use one storage, one load after another. */
export interface LoadParty {
  run(load: Load, runMs: number): Promise<LoadReport>;
  kill(): void;
}

/** @param address of the server; none is needed where the primary of a cluster keeps the buckets */
export async function startParty(storage: LoadStorage, address: string): Promise<LoadParty> {
  const workers =
    storage === 'memory-cluster'
      ? clusterWorkers(startProcess('./cluster-primary.ts', [String(PROCESSES), './load.ts', storage, address]))
      : processes(Array.from({ length: PROCESSES }, () => startProcess('./load.ts', [storage, address])));
  await workers.hear(({ open }) => open, START_TIMEOUT_MS);
  return {
    async run({ policies, task, judge }, runMs) {
      const prefix = `load:${randomUUID()}`;
      const ready = workers.hear((message) => message.ready, START_TIMEOUT_MS);
      policies.forEach((policy, place) => workers.tell(place, { order: { prefix, policy, task, runMs } }));
      await ready;
      const startedAt = clock();
      const done = workers.hear((message) => message.done, runMs + REPORT_TIMEOUT_MS);
      policies.forEach((_, place) => workers.tell(place, { go: true }));
      const reports = await done;
      const spans = reports.flatMap((report) => report.spans);
      const refusedMs = Math.max(...reports.map(({ lastRefusedAt }) => lastRefusedAt)) - startedAt;
      return { admitted: spans.length, wrong: judge(spans, { refusedMs, endMs: clock() - startedAt }) };
    },
    kill: () => workers.kill(),
  };
}

type Said = Readonly<{ open?: true; ready?: true; done?: Worked }>;

/** All three of them; `place` counts from 0. */
interface Workers {
  /** The message of each of them for which `pick` finds something. */
  hear<T>(pick: (said: Said) => T | undefined, timeoutMs: number): Promise<readonly T[]>;
  tell(place: number, message: LoadMessage): void;
  kill(): void;
}

function processes(children: readonly ChildProcess[]): Workers {
  return {
    hear: (pick, timeoutMs) =>
      Promise.all(children.map((each) => received(each, (said) => pick(said as Said), timeoutMs))),
    tell: (place, message) => void children[place]!.send(message),
    kill: () => children.forEach((each) => each.kill('SIGKILL')),
  };
}

/** Behind a primary that passes on what its workers send. */
function clusterWorkers(primary: ChildProcess): Workers {
  return {
    hear: <T>(pick: (said: Said) => T | undefined, timeoutMs: number) => {
      const found = new Map<number, T>();
      const collect = (passedOn: unknown): readonly T[] | undefined => {
        const { worker, message } = passedOn as { worker: number; message: Said };
        const value = pick(message);
        if (value !== undefined) found.set(worker, value);
        return found.size === PROCESSES ? [...found.values()] : undefined;
      };
      return received(primary, collect, timeoutMs);
    },
    tell: (place, message) => void primary.send({ to: place + 1, message }),
    kill: () => void primary.kill('SIGKILL'),
  };
}
