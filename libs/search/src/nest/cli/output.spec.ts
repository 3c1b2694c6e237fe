import { lineOf } from './output.js';

describe('a line of progress', () => {
  const progress = { alias: 'books', total: 60, ratePerSecond: 20, remainingMs: 1_500 };

  it('shows how far a phase is, how fast it goes, and what is left', () => {
    expect(lineOf({ ...progress, phase: 'backfill', done: 30 })).toBe('books: backfill 30/60, 20/s, 2 s left');
  });

  it.each(['swapped', 'finished'] as const)('shows no rate of what is over: %s', (phase) => {
    expect(lineOf({ ...progress, phase, done: 60, ratePerSecond: Infinity })).toBe(`books: ${phase}`);
  });
});
