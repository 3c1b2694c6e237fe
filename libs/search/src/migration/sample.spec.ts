import fc from 'fast-check';
import { Sample } from './sample.js';

describe('a sample', () => {
  it('is as large as asked, or all there is, and of what was offered, none twice', () =>
    fc.assert(
      fc.property(
        fc.nat({ max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (count, size, random) => {
          const sample = new Sample<number>(size, () => random.next().value as number);
          for (let value = 0; value < count; value += 1) sample.offer(value);
          expect(sample.taken).toHaveLength(Math.min(count, size));
          expect(new Set(sample.taken).size).toBe(sample.taken.length);
          expect(sample.taken.every((value) => value >= 0 && value < count)).toBe(true);
        },
      ),
    ));

  it('replaces by the order of what comes: the lowest chance always takes the first place, the highest none', () => {
    const [first, none] = [new Sample<number>(2, () => 0), new Sample<number>(2, () => 0.999)];
    for (const value of [1, 2, 3, 4]) [first, none].forEach((sample) => sample.offer(value));
    expect(first.taken).toEqual([4, 2]);
    expect(none.taken).toEqual([1, 2]);
  });
});
