import { PendingInvalidations } from './pending-invalidations.js';

describe('PendingInvalidations', () => {
  it('gives each key out once, so many at a time', () => {
    const pending = new PendingInvalidations();
    pending.add(['a', 'b', 'a', 'c']);
    expect([pending.has('a'), pending.has('z'), pending.empty]).toEqual([true, false, false]);
    expect([pending.take(2), pending.take(2), pending.empty]).toEqual([['a', 'b'], ['c'], true]);
  });

  it('invalidates the whole node past 10,000 keys, and holds none of them', () => {
    const pending = new PendingInvalidations();
    pending.add(Array.from({ length: 10_001 }, (_, i) => String(i)));
    pending.add(['later']);
    expect(pending.has('never heard of')).toBe(true);
    expect([pending.take(500), pending.empty]).toEqual(['all', true]);
  });

  it('accepts again what could not be invalidated', () => {
    const pending = new PendingInvalidations();
    pending.add('all');
    pending.add(pending.take(1));
    expect(pending.take(1)).toBe('all');
  });
});
