import { jest } from '@jest/globals';
import { LimiterWaitersError } from '../errors/request-errors.js';
import { memoryStorage } from '../storage/memory.storage.js';
import { Limiter } from './limiter.js';
import type { LimiterOptions } from './limiter-options.js';

const SECOND = 1_000_000;

describe('acquire', () => {
  let now: number;
  beforeEach(() => {
    now = 0;
    jest.useFakeTimers({ doNotFake: ['nextTick', 'performance', 'setImmediate', 'queueMicrotask'] });
  });
  afterEach(() => jest.useRealTimers());
  const open = (options: Partial<LimiterOptions> = {}) =>
    new Limiter({
      storage: memoryStorage({ clock: () => now }),
      clock: () => now,
      policies: { api: { limit: 10, per: '1s', burst: 2 }, quota: { quota: 1, every: 'day' } },
      ...options,
    });
  const pass = async (micros: number) => {
    now += micros;
    await jest.advanceTimersByTimeAsync(micros / 1000);
  };

  it('goes at once while there is room, then in the order of the calls, one per interval', async () => {
    const limiter = open();
    const went: number[] = [];
    const calls = Array.from({ length: 5 }, async (_, index) => {
      await limiter.acquire('api', 'a', { maxWaitMs: 1000 });
      went.push(index);
    });
    await pass(0);
    expect(went).toEqual([0, 1]);
    await pass(99_000);
    expect(went).toEqual([0, 1]);
    await pass(1000);
    expect(went).toEqual([0, 1, 2]);
    expect((await limiter.consume('api', 'a')).allowed).toBe(false);
    await pass(200_000);
    expect(went).toEqual([0, 1, 2, 3, 4]);
    await Promise.all(calls);
  });

  it('refuses at once what would wait longer, books nothing, and says when to come again', async () => {
    const limiter = open();
    const waits = Array.from({ length: 5 }, () => limiter.acquire('api', 'a', { maxWaitMs: 300 }));
    const refused = await limiter.acquire('api', 'a', { maxWaitMs: 300 });
    expect(refused).toMatchObject({ allowed: false, retryAfterMs: 100 });
    await pass(100_000);
    const last = limiter.acquire('api', 'a', { maxWaitMs: 300 });
    await pass(0);
    await pass(300_000);
    expect((await Promise.all([...waits, last])).every(({ allowed }) => allowed)).toBe(true);
  });

  it('gives the place back when it is aborted', async () => {
    const limiter = open();
    const [abort, stop] = [new AbortController(), new Error('stop')];
    await limiter.acquire('api', 'a', { maxWaitMs: 0, cost: 2 });
    const waiting = limiter.acquire('api', 'a', { maxWaitMs: 1000, cost: 2, signal: abort.signal });
    const caught = expect(waiting).rejects.toBe(stop);
    await pass(50_000);
    abort.abort(stop);
    await caught;
    await pass(50_000);
    expect((await limiter.consume('api', 'a')).allowed).toBe(true);
    await expect(limiter.acquire('api', 'b', { maxWaitMs: 1, signal: abort.signal })).rejects.toBe(stop);
    expect((await limiter.peek('api', 'b')).remaining).toBe(2);
  });

  it('has a bound on those who wait', async () => {
    const limiter = open({ maxWaiters: 2 });
    await limiter.acquire('api', 'a', { maxWaitMs: 0, cost: 2 });
    const waits = [1, 2].map(() => limiter.acquire('api', 'a', { maxWaitMs: 1000 }));
    await expect(limiter.acquire('api', 'b', { maxWaitMs: 1000 })).rejects.toThrow(LimiterWaitersError);
    await pass(SECOND);
    await Promise.all(waits);
    expect((await limiter.acquire('api', 'b', { maxWaitMs: 1000 })).allowed).toBe(true);
  });

  it('holds 100,000 at once, each in its turn and at its rate', async () => {
    const limiter = open({ maxWaiters: 100_000, policies: { api: { limit: 10_000, per: '1s', burst: 1 } } });
    let inOrder = true;
    let next = 0;
    const calls = Array.from({ length: 100_000 }, async (_, index) => {
      await limiter.acquire('api', 'a', { maxWaitMs: 20_000 });
      inOrder &&= index === next++;
    });
    await pass(0);
    for (let second = 1; second <= 10; second++) {
      await pass(SECOND);
      // One goes at once, and the next follow every 100 microseconds.
      expect(next).toBe(Math.min(100_000, 10_000 * second + 1));
    }
    await Promise.all(calls);
    expect(inOrder).toBe(true);
  }, 60_000);

  it.each([
    ['api', { maxWaitMs: -1 }, 'maxWaitMs must be whole milliseconds from 0'],
    ['api', { maxWaitMs: 1, maxWait: 2 }, 'maxWait is not an option; did you mean maxWaitMs?'],
    ['api', undefined, 'options must be an object such as { maxWaitMs: 1000 }'],
    ['quota', { maxWaitMs: 1 }, "policy 'quota' must have only limits that drain"],
  ])('refuses %p with %p', async (policy, options, message) => {
    await expect(open().acquire(policy, 'a', options as never)).rejects.toThrow(message);
  });
});
