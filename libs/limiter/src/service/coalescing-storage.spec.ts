import { jest } from '@jest/globals';
import type { AppliedCost, ApplyRequest, BucketLimit, LimiterStorage } from '../contracts/limiter-storage.js';
import type { BucketState } from '../algorithm/bucket-state.js';
import { applyCosts } from '../algorithm/leaky-bucket.js';
import { withCoalescing } from './coalescing-storage.js';

const LIMITS: readonly BucketLimit[] = [{ drainPerTick: 1, unitsPerToken: 1000, capacity: 100_000, tickMicros: 1 }];

/** Answers on command. */
class HeldStorage implements LimiterStorage {
  readonly name = 'held';
  readonly capabilities = { serverClock: true, multiKeyAtomic: false };
  readonly asked: ApplyRequest[] = [];
  readonly #held: (() => void)[] = [];
  #state: BucketState | undefined;

  apply(request: ApplyRequest): Promise<readonly AppliedCost[]> {
    this.asked.push(request);
    return new Promise((resolve) => {
      this.#held.push(() => {
        const { outcomes, next } = applyCosts(this.#state, request.limits, request.costs, 0);
        this.#state = next ?? this.#state;
        resolve(outcomes);
      });
    });
  }
  read = () => ({ levels: [0] });
  delete = () => {};
  async release(): Promise<void> {
    this.#held.shift()!();
    // One for the answer, one for the next list.
    await turn();
    await turn();
  }
}

/** A list leaves at the end of a turn of the event loop. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const request = (over: Partial<ApplyRequest> = {}): ApplyRequest => ({
  key: 'k',
  limits: LIMITS,
  costs: [1],
  timeoutMs: 1000,
  ...over,
});

describe('coalescing', () => {
  it('sends what comes in one turn as one list, then all that came meanwhile, each answered by its own part', async () => {
    const held = new HeldStorage();
    const storage = withCoalescing(held);
    const first = [request(), request()].map(async (each) => storage.apply(each));
    await turn();
    const second = [request({ costs: [2, 99] }), request({ costs: [96] })].map(async (each) => storage.apply(each));
    await held.release();
    await held.release();
    const allowed = (await Promise.all([...first, ...second])).map((outcomes) =>
      outcomes.map((outcome) => outcome.allowed),
    );
    expect(allowed).toEqual([[true], [true], [true, false], [true]]);
    expect(held.asked.map((each) => each.costs)).toEqual([
      [1, 1],
      [2, 99, 96],
    ]);
  });

  it('lets a caller that calls again at once go with the others', async () => {
    const held = new HeldStorage();
    const storage = withCoalescing(held);
    const twice = [1, 2].map(async (cost) => {
      await storage.apply(request({ costs: [cost] }));
      await storage.apply(request({ costs: [cost] }));
    });
    await turn();
    await held.release();
    await held.release();
    await Promise.all(twice);
    expect(held.asked.map((each) => each.costs)).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('holds nothing up that the storage answers at once', () => {
    const held = Object.assign(new HeldStorage(), { applyNow: () => [{ allowed: true, levels: [7] }] });
    expect(withCoalescing(held).apply(request())).toEqual([{ allowed: true, levels: [7] }]);
    expect(held.asked).toEqual([]);
  });

  it('never mixes keys or policies', async () => {
    const held = new HeldStorage();
    const storage = withCoalescing(held);
    const raised = [{ ...LIMITS[0]!, capacity: 200_000 }];
    const answers = [request(), request(), request({ limits: raised }), request({ key: 'other' })].map(async (each) =>
      storage.apply(each),
    );
    await turn();
    for (let call = 0; call < 3; call++) await held.release();
    await Promise.all(answers);
    expect(held.asked.map(({ key, limits, costs }) => [key, limits === raised, costs.length])).toEqual([
      ['k', false, 2],
      ['other', false, 1],
      ['k', true, 1],
    ]);
  });

  it('keeps lists short, and refuses what would wait beyond its bound', async () => {
    const held = new HeldStorage();
    const storage = withCoalescing(held, { maxBatch: 2, maxWaiting: 3 });
    const answers = Array.from({ length: 3 }, async () => storage.apply(request()));
    await expect(storage.apply(request())).rejects.toMatchObject({ fault: 'overload' });
    await turn();
    for (let call = 0; call < 2; call++) await held.release();
    await Promise.all(answers);
    expect(held.asked.map((each) => each.costs.length)).toEqual([2, 1]);
  });

  it('fails who waits too long without charging them, and goes on', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
    try {
      const held = new HeldStorage();
      const storage = withCoalescing(held);
      const lost = storage.apply(request({ timeoutMs: 50 }));
      await turn();
      const late = storage.apply(request({ timeoutMs: 20 }));
      const patient = storage.apply(request({ timeoutMs: 500 }));
      const failures = Promise.allSettled([lost as Promise<unknown>, late as Promise<unknown>]);
      await jest.advanceTimersByTimeAsync(60);
      expect((await failures).map((each) => each.status)).toEqual(['rejected', 'rejected']);
      await turn();
      expect(held.asked.length).toBe(2);
      await held.release();
      await held.release();
      expect((await patient)[0]!.allowed).toBe(true);
      expect(held.asked[1]!.costs).toEqual([1]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('fails all of a list together, and then works again', async () => {
    const held = new HeldStorage();
    const storage = withCoalescing(held);
    const first = storage.apply(request());
    await turn();
    const second = [request(), request()].map(async (each) => storage.apply(each));
    const failing = jest.spyOn(held, 'apply').mockImplementationOnce(() => Promise.reject(new Error('down')));
    await held.release();
    await first;
    expect((await Promise.allSettled(second)).map((each) => each.status)).toEqual(['rejected', 'rejected']);
    failing.mockRestore();
    const again = storage.apply(request());
    await turn();
    await held.release();
    expect((await again)[0]!.allowed).toBe(true);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['answers nothing', () => undefined],
    ['answers nothing later', () => Promise.resolve(undefined)],
  ])('fails a list whose storage %s, and then works again', async (_, broken) => {
    const held = new HeldStorage();
    const storage = withCoalescing(held);
    const failing = jest.spyOn(held, 'apply').mockImplementationOnce(broken as () => Promise<readonly AppliedCost[]>);
    await expect(storage.apply(request({ costs: [1, 1] }))).rejects.toThrow();
    failing.mockRestore();
    const again = storage.apply(request());
    await turn();
    await held.release();
    expect((await again)[0]!.allowed).toBe(true);
  });
});
