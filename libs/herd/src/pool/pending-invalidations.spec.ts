import { Doubts } from './pending-invalidations.js';

describe('Doubts', () => {
  it('gives each key out once, so many at a time', () => {
    const doubts = new Doubts();
    doubts.add(['a', 'b', 'a', 'c']);
    expect([doubts.has('a'), doubts.has('z'), doubts.empty]).toEqual([true, false, false]);
    expect([doubts.take(2), doubts.take(2), doubts.empty]).toEqual([['a', 'b'], ['c'], true]);
  });

  it('doubts the whole node past 10,000 keys, and holds none of them', () => {
    const doubts = new Doubts();
    doubts.add(Array.from({ length: 10_001 }, (_, i) => String(i)));
    doubts.add(['later']);
    expect(doubts.has('never heard of')).toBe(true);
    expect([doubts.take(500), doubts.empty]).toEqual(['all', true]);
  });

  it('takes back what could not be dealt with', () => {
    const doubts = new Doubts();
    doubts.add('all');
    doubts.add(doubts.take(1));
    expect(doubts.take(1)).toBe('all');
  });
});
