import { BucketTable } from './bucket-table.js';
import { resolvePolicy } from './policy.js';

const SECOND = 1_000_000;
const { limits } = resolvePolicy('p', { limit: 10, per: '1s' });
const keys = (count: number, prefix = 'k') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('bucket table', () => {
  it('forgets buckets that are empty while new ones come', () => {
    const table = new BucketTable(1_000_000);
    for (const key of keys(1000)) table.apply(key, limits, [1], 0);
    for (const key of keys(600, 'new')) table.apply(key, limits, [1], SECOND);
    expect(table.size).toBeLessThan(1000);
    table.sweep(2 * SECOND, 2000);
    expect(table.size).toBe(0);
  });

  it('keeps a bucket that is in use through any sweep', () => {
    const table = new BucketTable(1000);
    table.apply('a', limits, [10], 0);
    table.sweep(SECOND - 1, 100);
    expect(table.read('a', limits, SECOND - 1)).toEqual([1]);
  });

  it('holds no more than its bound, and counts what made room', () => {
    const table = new BucketTable(100);
    for (const key of keys(250)) table.apply(key, limits, [1], 0);
    expect([table.size, table.evicted]).toEqual([100, 150]);
  });

  it('keeps those that are held back when a flood of new keys comes', () => {
    const table = new BucketTable(100);
    table.apply('held back', limits, [10], 0);
    for (const key of keys(10_000)) table.apply(key, limits, [1], 0);
    expect(table.apply('held back', limits, [1], 0)[0]!.allowed).toBe(false);
  });

  it('stores nothing for a refusal or a look', () => {
    const table = new BucketTable(10);
    table.read('a', limits, 0);
    table.apply('a', limits, [11], 0);
    expect(table.size).toBe(0);
  });

  it('works with room for one', () => {
    const table = new BucketTable(1);
    table.apply('a', limits, [1], 0);
    table.apply('b', limits, [1], 0);
    table.delete('b');
    table.apply('c', limits, [1], 0);
    expect(table.size).toBe(1);
  });
});
