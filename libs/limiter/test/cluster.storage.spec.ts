import type { ChildProcess } from 'node:child_process';
import { memoryStorage } from '@rookery/limiter';
import { clusterStorage } from '@rookery/limiter/cluster';
import { received, startProcess } from './processes/start.js';

interface Said {
  readonly worker: number;
  readonly message: {
    readonly ready?: true;
    readonly answers?: readonly string[];
    readonly exited?: true;
    readonly results?: readonly { name: string; failure?: string }[];
  };
}
const said = <T>(primary: ChildProcess, pick: (said: Said) => T | undefined): Promise<T> =>
  received(primary, (message) => pick(message as Said), 55_000);

describe('storage contract: cluster', () => {
  it('holds in a worker, bare and under coalescing and local denial', async () => {
    const primary = startProcess('./cluster-primary.ts', ['1', './cluster-contract.ts']);
    try {
      const results = await said(primary, ({ message }) => message.results);
      expect(results.length).toBeGreaterThan(40);
      expect(results.filter(({ failure }) => failure !== undefined)).toEqual([]);
    } finally {
      primary.kill('SIGKILL');
    }
  }, 60_000);
});

describe('cluster storage', () => {
  let primary: ChildProcess;
  beforeEach(async () => {
    primary = startProcess('./cluster-primary.ts', ['2', './cluster-caller.ts']);
    const workers = new Set<number>();
    await said(primary, ({ worker, message }) => (message.ready && workers.add(worker).size === 2 ? true : undefined));
  }, 30_000);
  afterEach(() => void primary.kill('SIGKILL'));

  const call = (to: number, message: object): Promise<readonly string[]> => {
    const answers = said(primary, ({ worker, message }) => (worker === to ? message.answers : undefined));
    primary.send({ to, message });
    return answers;
  };

  it('counts for all workers together, and survives the death of one', async () => {
    expect(await call(1, { cost: 6 })).toEqual(['allowed']);
    const exited = said(primary, ({ worker, message }) => (worker === 1 ? message.exited : undefined));
    primary.send({ kill: 1 });
    await exited;
    expect(await call(2, { cost: 6 })).toEqual(['refused']);
    expect(await call(2, { cost: 4 })).toEqual(['allowed']);
    const reborn = said(primary, ({ worker, message }) => (message.ready ? worker : undefined));
    primary.send({ fork: true });
    expect(await call(await reborn, { cost: 1 })).toEqual(['refused']);
  });

  it('keeps serving the others when a worker dies with its calls on the way', async () => {
    primary.send({ to: 1, message: { cost: 1, times: 20 } });
    primary.send({ kill: 1 });
    const exited = said(primary, ({ worker, message }) => (worker === 1 ? message.exited : undefined));
    await exited;
    expect(await call(2, { cost: 10 })).toEqual([expect.stringMatching(/^(allowed|refused)$/)]);
  });

  it('fails in time when nobody serves, and bounds what waits', async () => {
    primary.send({ stopServing: true });
    const answers = await call(1, { cost: 1, times: 25, timeoutMs: 100 });
    expect(answers.filter((answer) => answer === 'overload').length).toBe(5);
    expect(answers.filter((answer) => answer === 'timeout').length).toBe(20);
  });

  it('fails at once after it was closed', async () => {
    primary.send({ to: 1, message: { close: true } });
    expect(await call(1, { cost: 1, times: 2 })).toEqual(['unreachable', 'unreachable']);
    expect(await call(2, { cost: 10 })).toEqual(['allowed']);
  });

  it('answers at once in the primary itself', () => {
    const storage = clusterStorage(memoryStorage(), { name: 'own' });
    const limits = [{ drainPerTick: 1, unitsPerToken: 1000, capacity: 1000, tickMicros: 1000 as const }];
    expect(storage.apply({ key: 'k', limits, costs: [1, 1], timeoutMs: 50 })).toMatchObject([
      { allowed: true },
      { allowed: false },
    ]);
    expect(() => clusterStorage(memoryStorage(), { name: 'own' })).toThrow(
      /clusterStorage.name is used in this process already/,
    );
    void storage.close?.();
    void clusterStorage(memoryStorage(), { name: 'own' }).close?.();
  });

  it('names every wrong option at once', () => {
    expect(() => clusterStorage(undefined as never, { name: '', maxPending: 0 })).toThrow(
      /3 limiter options are wrong/,
    );
  });
});
