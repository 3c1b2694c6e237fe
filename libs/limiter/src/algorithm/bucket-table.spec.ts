import fc from 'fast-check';
import type { BucketLimit } from '../contracts/limiter-storage.js';
import { emptyAt, type BucketState } from './bucket-state.js';
import { BucketTable } from './bucket-table.js';
import { applyRequest, readingAt, type CostRequest } from './leaky-bucket.js';
import { resolvePolicy } from './policy.js';

const SECOND = 1_000_000;
const { limits } = resolvePolicy('p', { limit: 10, per: '1s' });
const keys = (count: number, prefix = 'k') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** Runs `work` while the arrays that the table makes are counted. */
function countingArrays(work: (made: () => number) => void): void {
  const original = globalThis.Float64Array;
  let count = 0;
  globalThis.Float64Array = new Proxy(original, {
    construct: (target, args: [number]) => {
      count++;
      return new target(...args);
    },
  });
  try {
    work(() => count);
  } finally {
    globalThis.Float64Array = original;
  }
}

describe('bucket table', () => {
  it('forgets buckets that are empty while new ones come', () => {
    const table = new BucketTable(1_000_000);
    for (const key of keys(1000)) table.apply({ key, limits, costs: [1], timeoutMs: 50 }, 0);
    for (const key of keys(600, 'new')) table.apply({ key, limits, costs: [1], timeoutMs: 50 }, SECOND);
    expect(table.size).toBeLessThan(1000);
    table.sweep(2 * SECOND, 2000);
    expect(table.size).toBe(0);
  });

  it('keeps a bucket that is in use through any sweep', () => {
    const table = new BucketTable(1000);
    table.apply({ key: 'a', limits, costs: [10], timeoutMs: 50 }, 0);
    table.sweep(SECOND - 1, 100);
    expect(table.read({ key: 'a', limits, timeoutMs: 50 }, SECOND - 1).levels).toEqual([1]);
  });

  it('holds no more than its bound, and counts what made room', () => {
    const table = new BucketTable(100);
    for (const key of keys(250)) table.apply({ key, limits, costs: [1], timeoutMs: 50 }, 0);
    expect([table.size, table.evicted]).toEqual([100, 150]);
  });

  it.each([
    ['at once', [10]],
    ['one by one', Array<number>(10).fill(1)],
  ])('keeps those that are held back when a flood of new keys comes: charged %s', (_, costs) => {
    const table = new BucketTable(100);
    for (const cost of costs) table.apply({ key: 'held back', limits, costs: [cost], timeoutMs: 50 }, 0);
    for (const key of keys(10_000)) table.apply({ key, limits, costs: [2], timeoutMs: 50 }, 0);
    expect(table.apply({ key: 'held back', limits, costs: [1], timeoutMs: 50 }, 0)[0]!.allowed).toBe(false);
  });

  it('stores nothing for a refusal or a look', () => {
    const table = new BucketTable(10);
    table.read({ key: 'a', limits, timeoutMs: 50 }, 0);
    table.apply({ key: 'a', limits, costs: [11], timeoutMs: 50 }, 0);
    expect(table.size).toBe(0);
  });

  it('makes no memory anew while buckets come and drain, whatever their number', () => {
    countingArrays((made) => {
      for (const count of [1, 1000, 5000]) {
        const table = new BucketTable(1_000_000);
        let now = 0;
        const round = () => {
          for (const key of keys(count)) table.apply({ key, limits, costs: [1], timeoutMs: 50 }, (now += SECOND));
        };
        round();
        const before = made();
        for (let rounds = 0; rounds < 3; rounds++) round();
        expect(made() - before).toBe(0);
      }
    });
  });

  it('keeps buckets of one key in two scopes apart', () => {
    const table = new BucketTable(10);
    table.apply({ scope: 'a', key: 'k', limits, costs: [10], timeoutMs: 50 }, 0);
    expect(table.apply({ scope: 'b', key: 'k', limits, costs: [10], timeoutMs: 50 }, 0)[0]!.allowed).toBe(true);
    table.delete({ scope: 'a', key: 'k' });
    expect(table.read({ scope: 'b', key: 'k', limits, timeoutMs: 50 }, 0).levels).not.toEqual([0]);
  });

  it('works with room for one', () => {
    const table = new BucketTable(1);
    table.apply({ key: 'a', limits, costs: [1], timeoutMs: 50 }, 0);
    table.apply({ key: 'b', limits, costs: [1], timeoutMs: 50 }, 0);
    table.delete({ key: 'b' });
    table.apply({ key: 'c', limits, costs: [1], timeoutMs: 50 }, 0);
    expect(table.size).toBe(1);
  });

  it('says what is refused in one number, and leaves to others what is no plain rate of its own', () => {
    const table = new BucketTable(10);
    const one = (cost: number, under: readonly BucketLimit[] = limits, now = 0) =>
      table.applyOne('s', 'k', under, cost, now);
    const unit = limits[0]!.unitsPerToken;
    expect([one(11), table.size]).toEqual([-1, 0]);
    expect(one(4)).toBe(4 * unit);
    expect(one(7)).toBe(-1 - 4 * unit);
    expect(one(-1)).toBe(3 * unit);
    expect(one(-9)).toBe(0);
    expect(one(10)).toBe(10 * unit);
    expect(one(1)).toBe(-1 - 10 * unit);
    // A clock that runs backwards drains nothing, and neither does it later count what it ran back.
    expect(one(1, limits, SECOND / 2)).toBe(6 * unit);
    expect(one(1, limits, 0)).toBe(7 * unit);
    expect(one(1, limits, SECOND / 2)).toBe(8 * unit);
    const other = resolvePolicy('p', { limit: 20, per: '1s' }).limits;
    expect(one(1, other)).toBeUndefined();
    expect(table.applyOne('s', 'new', [{ ...limits[0]!, blockMicros: 1 }] as never, 1, 0)).toBeUndefined();
    expect(table.size).toBe(1);
  });

  it('forgets lists of limits that no bucket has any more, and knows them again when they come', () => {
    const table = new BucketTable(10);
    const lists = Array.from({ length: 20 }, (_, index) => resolvePolicy('p', { limit: index + 1, per: '1s' }).limits);
    for (let round = 0; round < 3; round++)
      for (const list of lists) {
        expect(table.applyOne('s', 'k', list, 1, 0)).toBe(list[0]!.unitsPerToken);
        expect(table.applyOne('t', 'k', list, 1, 0)).toBe(list[0]!.unitsPerToken);
        table.delete({ scope: 's', key: 'k' });
        expect(table.applyOne('s', 'k', list, 1, 0)).toBe(list[0]!.unitsPerToken);
        table.delete({ scope: 's', key: 'k' });
        table.delete({ scope: 't', key: 'k' });
      }
    expect(table.size).toBe(0);
  });

  it('charges no bucket of another policy as its own, and moves what is no row of numbers along', () => {
    const table = new BucketTable(10);
    const other = resolvePolicy('p', { limit: 20, per: '1s' }).limits;
    const leased = resolvePolicy('p', { concurrency: 2, leaseMs: 4000 }).limits;
    table.applyOne('s', 'a', limits, 1, 0);
    table.applyOne('s', 'b', other, 1, 0);
    expect(table.applyOne('s', 'a', other, 1, 0)).toBeUndefined();
    for (const key of ['c', 'd']) table.apply({ scope: 's', key, limits: leased, costs: [1], timeoutMs: 50 }, 0);
    // The last row fills the place of the first, and then that of the third.
    table.delete({ scope: 's', key: 'a' });
    table.delete({ scope: 's', key: 'c' });
    expect(table.read({ scope: 's', key: 'd', limits: leased, timeoutMs: 50 }, 0).levels).toEqual([1]);
    expect(table.read({ scope: 's', key: 'c', limits: leased, timeoutMs: 50 }, 0).levels).toEqual([0]);
    for (const key of ['e', 'f']) table.applyOne('s', key, limits, 1, 0);
    expect(table.read({ scope: 's', key: 'f', limits, timeoutMs: 50 }, 0).levels).toEqual([limits[0]!.unitsPerToken]);
    expect(table.applyOne('s', 'b', other, 1, 0)).toBe(2 * other[0]!.unitsPerToken);
  });

  it('judges quotas by the time of day, and rates by its own', () => {
    const wall = 1_767_225_600_000_000;
    const table = new BucketTable(10, () => wall);
    const day = [
      {
        kind: 'quota' as const,
        unitsPerToken: 1,
        capacity: 3,
        boundaries: [wall - 90, wall - 9, wall + 5, wall + 9] as const,
      },
    ];
    const request = (costs: readonly number[]) => ({ key: 'k', limits: day, costs, timeoutMs: 50 });
    expect(table.apply(request([2, 2]), 7)[0]).toMatchObject({ allowed: true, levels: [2], waits: [5] });
    expect(table.read(request([]), 7).waits).toEqual([5]);
    const refused = table.applyAll([request([1]), { key: 'x', limits, costs: [11], timeoutMs: 50 }], 7);
    expect(refused.map(({ allowed }) => allowed)).toEqual([true, false]);
    expect(table.read(request([]), 7).levels).toEqual([2]);
    // It is kept to the end of its period, by the clock of the table: 5 later.
    table.sweep(11, 10);
    expect(table.size).toBe(1);
    table.sweep(12, 10);
    expect(table.size).toBe(0);
  });

  it('gives back its memory but for a little', () => {
    countingArrays((made) => {
      const table = new BucketTable(1_000_000);
      const fill = () => {
        const before = made();
        for (const key of keys(5000)) table.applyOne('s', key, limits, 1, 0);
        return made() - before;
      };
      expect(fill()).toBe(5);
      table.sweep(3600 * SECOND, 10_000);
      expect(table.size).toBe(0);
      expect(fill()).toBe(4);
      for (const key of keys(5000).slice(0, 2000)) table.delete({ scope: 's', key });
      expect(fill()).toBe(1);
    });
  });

  it('sweeps from where it stopped, and no more than it is to', () => {
    const table = new BucketTable(100);
    for (const key of keys(10)) table.apply({ key, limits, costs: [1], timeoutMs: 50 }, 0);
    table.sweep(SECOND - 1, 3);
    expect(table.size).toBe(10 - 3);
    table.apply({ key: 'full', limits, costs: [10], timeoutMs: 50 }, SECOND - 1);
    table.sweep(SECOND - 1, 100);
    expect(table.size).toBe(1);
    expect(table.read({ key: 'full', limits, timeoutMs: 50 }, SECOND - 1).levels).toEqual([limits[0]!.capacity]);
  });

  const lists: readonly (readonly BucketLimit[])[] = [
    limits,
    resolvePolicy('p', { limit: 3, per: '1s' }).limits,
    resolvePolicy('p', {
      limits: [
        { limit: 10, per: '1s' },
        { limit: 50, per: '1h' },
      ],
    }).limits,
    resolvePolicy('p', { limit: 4, per: '2s', blockFor: '3s' }).limits,
    resolvePolicy('p', { concurrency: 2, leaseMs: 4000 }).limits,
    [{ kind: 'quota', unitsPerToken: 1, capacity: 6, boundaries: [0, 1, 30 * SECOND, 60 * SECOND] }],
  ];
  const step = fc.record({
    passed: fc.oneof(
      { weight: 4, arbitrary: fc.nat({ max: SECOND }) },
      { weight: 1, arbitrary: fc.nat({ max: 9 * SECOND }) },
    ),
    scope: fc.constantFrom('s', undefined),
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    list: fc.nat({ max: lists.length - 1 }),
    what: fc.constantFrom('apply', 'apply', 'apply', 'all', 'read', 'delete', 'sweep'),
    costs: fc.array(
      fc.integer({ min: -2, max: 4 }).filter((cost) => cost !== 0),
      { minLength: 1, maxLength: 2 },
    ),
    settle: fc.constantFrom(undefined, undefined, true),
  });

  /** What the table keeps in rows, one state a key. */
  class Model {
    readonly #states = new Map<string, BucketState>();
    get(name: string, now: number): BucketState | undefined {
      const state = this.#states.get(name);
      return state !== undefined && emptyAt(state) > now ? state : undefined;
    }
    apply(name: string, request: CostRequest, now: number) {
      const { outcomes, next } = applyRequest(this.get(name, now), request, now);
      if (next !== undefined) this.#states.set(name, next);
      return outcomes;
    }
    delete(name: string): void {
      this.#states.delete(name);
    }
    inUse(now: number): number {
      return [...this.#states.keys()].filter((name) => this.get(name, now) !== undefined).length;
    }
  }

  it('decides as one state for each key would, whatever comes, goes, and changes its policy', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const table = new BucketTable(1000);
        const model = new Model();
        let now = 1;
        for (const { passed, scope, key, list, what, costs, settle } of steps) {
          now += passed;
          const name = `${scope} ${key}`;
          const under = lists[list]!;
          const request = { scope, key, limits: under, costs, settle, timeoutMs: 50 };
          switch (what) {
            case 'apply':
              expect(table.apply(request, now)).toEqual(model.apply(name, request, now));
              break;
            case 'all': {
              const plain = { ...request, settle: undefined };
              const two = [plain, { ...plain, key: 'z', limits, costs: [1] }];
              const answers = table.applyAll(two, now);
              const states = [name, `${scope} z`].map((each) => model.get(each, now));
              const decided = two.map((each, index) =>
                applyRequest(states[index], { ...each, costs: each.costs.slice(0, 1) }, now),
              );
              const refused = decided.findIndex(({ outcomes }) => !outcomes[0]!.allowed);
              if (refused < 0) {
                expect(answers).toEqual(decided.map(({ outcomes }) => outcomes[0]));
                model.apply(name, { ...two[0]!, costs: two[0]!.costs.slice(0, 1) }, now);
                model.apply(`${scope} z`, two[1]!, now);
              } else {
                expect(answers.map(({ allowed }) => allowed)).toEqual([true, false].slice(1 - refused));
                // It may block from now on.
                const [at, of] = refused === 0 ? [name, two[0]!] : [`${scope} z`, two[1]!];
                model.apply(at, { ...of, costs: of.costs.slice(0, 1) }, now);
              }
              break;
            }
            case 'delete':
              table.delete({ scope, key });
              model.delete(name);
              break;
            case 'sweep':
              table.sweep(now, costs.length * 3);
              break;
          }
          expect(table.read({ scope, key, limits: under, timeoutMs: 50 }, now)).toEqual(
            readingAt(model.get(name, now), under, now),
          );
          expect(table.size).toBeGreaterThanOrEqual(model.inUse(now));
        }
        now += 3600 * SECOND;
        table.sweep(now, 1000);
        expect(table.size).toBe(model.inUse(now));
      }),
      { numRuns: 100 },
    );
  });
});
