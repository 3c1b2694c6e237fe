import { processClock } from './process-clock.js';

describe('the clock of a process', () => {
  it('rises strictly when time stands still or steps back, and follows it forward', async () => {
    let now = 1_000;
    const clock = processClock(() => now);
    const first = await clock.next();
    expect(first).toBe(1_000_000);
    expect(await clock.next()).toBe(first + 1);
    now = 10;
    expect(await clock.next()).toBe(first + 2);
    now = 2_000;
    expect(await clock.next()).toBe(2_000_000);
  });
});
