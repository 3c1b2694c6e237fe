import { jest } from '@jest/globals';

import type { Invalidation, InvalidationBus, InvalidationListener } from '../contracts/invalidation-bus.js';
import { jsonCodec } from '../codec/json.codec.js';
import { Coherence } from './coherence.js';
import { inProcessBus } from './in-process-bus.js';

const limits = { maxEntries: 5000, maxBytes: 2 ** 20, ttlMs: 60_000 };

/** The bus of a process, which can be taken away. */
class CutBus implements InvalidationBus {
  readonly name = 'cut';
  isAway = false;
  /** Resolves what is published; meanwhile it waits, as a client with a queue of its own does. */
  hung: Promise<void> | undefined;
  tries = 0;
  readonly delivered: Invalidation[] = [];
  private readonly bus = inProcessBus();
  publish(invalidation: Invalidation): Promise<void> {
    this.tries++;
    if (this.isAway) return Promise.reject(new Error('the bus is away'));
    if (this.hung) return this.hung.then(() => this.deliver(invalidation));
    return this.deliver(invalidation);
  }
  private deliver(invalidation: Invalidation): Promise<void> {
    this.delivered.push(invalidation);
    return this.bus.publish(invalidation);
  }
  subscribe(listener: InvalidationListener): () => void {
    return this.bus.subscribe(listener);
  }
}

describe('changes while the bus is away', () => {
  let bus: CutBus;
  let writer: Coherence;
  beforeEach(() => {
    jest.useFakeTimers();
    bus = new CutBus();
    bus.isAway = true;
    writer = new Coherence('herd', bus, Date.now);
  });
  afterEach(() => {
    writer.close();
    jest.useRealTimers();
  });

  async function change(namespace: string, count: number): Promise<void> {
    for (let i = 0; i < count; i++) writer.changed(namespace, { kind: 'keys', keys: [`${namespace}-${i}`] });
    await jest.advanceTimersByTimeAsync(0);
  }
  const kinds = (namespace: string): string[] =>
    bus.delivered.filter((one) => one.namespace === namespace).map((one) => one.change.kind);

  it.each([1, 999, 1000])('sends each of %i again, key by key, once it is back', async (count) => {
    await change('users', count);
    await jest.advanceTimersByTimeAsync(5000);
    bus.isAway = false;
    await jest.advanceTimersByTimeAsync(1000);
    const keys = bus.delivered.flatMap(({ change: of }) => (of.kind === 'keys' ? of.keys : [of.kind]));
    expect(new Set(keys)).toEqual(new Set(Array.from({ length: count }, (_, i) => `users-${i}`)));
    expect(bus.delivered).toHaveLength(count);
  });

  it('drops the namespaces of more than 1,000 as a whole, and of each what is changed later by its key', async () => {
    await change('users', 600);
    await change('pages', 401);
    await jest.advanceTimersByTimeAsync(5000);
    bus.isAway = false;
    await jest.advanceTimersByTimeAsync(1000);
    expect(kinds('users')).toEqual(['all']);
    expect(kinds('pages')).toEqual(['all']);
    await change('users', 1);
    expect(kinds('users')).toEqual(['all', 'keys']);
  });

  it('keeps no more than that for a bus that stays away, and tries with pauses of up to a second', async () => {
    for (let round = 0; round < 5; round++) {
      await change('users', 900);
      await jest.advanceTimersByTimeAsync(3000);
    }
    const before = bus.tries;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(bus.tries - before).toBeLessThanOrEqual(10 * 1000);
    bus.isAway = false;
    await jest.advanceTimersByTimeAsync(1000);
    expect(bus.delivered.length).toBeLessThanOrEqual(1000);
    expect(kinds('users')).toContain('all');
  });

  it('hands at most 10,000 to a bus that does not answer, and drops the namespaces of further ones as a whole', async () => {
    let answer!: () => void;
    bus.isAway = false;
    bus.hung = new Promise((resolve) => (answer = resolve));
    await change('users', 15_000);
    await change('pages', 1);
    expect(bus.tries).toBe(10_000);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(bus.tries).toBe(10_000);
    bus.hung = undefined;
    answer();
    await jest.advanceTimersByTimeAsync(1000);
    expect(kinds('users').filter((kind) => kind === 'all')).toEqual(['all']);
    expect(kinds('pages')).toHaveLength(1);
  });

  it('is heard by another process: it has nothing of what was changed', async () => {
    const reader = new Coherence('herd', bus, Date.now);
    const tier = reader.tier('users', limits, jsonCodec);
    const epoch = tier.epoch;
    await change('users', 1001);
    expect(tier.epoch).toBe(epoch);
    bus.isAway = false;
    await jest.advanceTimersByTimeAsync(1000);
    expect(tier.epoch).not.toBe(epoch);
    reader.close();
  });
});
