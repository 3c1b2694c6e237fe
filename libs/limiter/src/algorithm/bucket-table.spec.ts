import { BucketTable } from './bucket-table.js';
import { resolvePolicy } from './policy.js';

const SECOND = 1_000_000;
const { limits } = resolvePolicy('p', { limit: 10, per: '1s' });
const keys = (count: number, prefix = 'k') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

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

  it('keeps those that are held back when a flood of new keys comes', () => {
    const table = new BucketTable(100);
    table.apply({ key: 'held back', limits, costs: [10], timeoutMs: 50 }, 0);
    for (const key of keys(10_000)) table.apply({ key, limits, costs: [1], timeoutMs: 50 }, 0);
    expect(table.apply({ key: 'held back', limits, costs: [1], timeoutMs: 50 }, 0)[0]!.allowed).toBe(false);
  });

  it('stores nothing for a refusal or a look', () => {
    const table = new BucketTable(10);
    table.read({ key: 'a', limits, timeoutMs: 50 }, 0);
    table.apply({ key: 'a', limits, costs: [11], timeoutMs: 50 }, 0);
    expect(table.size).toBe(0);
  });

  it('makes no memory anew while buckets come and drain, whatever their number', () => {
    const original = globalThis.Float64Array;
    let made = 0;
    globalThis.Float64Array = new Proxy(original, {
      construct: (target, args: [number]) => {
        made++;
        return new target(...args);
      },
    });
    try {
      for (const count of [1, 1000, 5000]) {
        const table = new BucketTable(1_000_000);
        let now = 0;
        const round = () => {
          for (const key of keys(count)) table.apply({ key, limits, costs: [1], timeoutMs: 50 }, (now += SECOND));
        };
        round();
        made = 0;
        for (let rounds = 0; rounds < 3; rounds++) round();
        expect(made).toBe(0);
      }
    } finally {
      globalThis.Float64Array = original;
    }
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
});
