import { Sampled } from './sampled.js';

/** Runs the callbacks of what is settled. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Sampled', () => {
  it('answers at once with the last value', async () => {
    let value = 0;
    const sampled = new Sampled(
      () => Promise.resolve((value += 1)),
      1000,
      () => 0,
    );
    expect(sampled.read()).toEqual({ state: 'unknown', reason: 'not queried yet' });
    await settle();
    expect(sampled.read()).toEqual({ state: 'known', value: 1 });
    await settle();
    expect(sampled.read()).toEqual({ state: 'known', value: 2 });
  });

  it('sends no second query while one hangs, and calls its value unknown when it is too old', async () => {
    let now = 0;
    let asked = 0;
    const sampled = new Sampled(
      () => ((asked += 1) === 1 ? Promise.resolve('fresh') : new Promise<string>(() => {})),
      1000,
      () => now,
    );
    sampled.read();
    await settle();
    expect(sampled.read()).toEqual({ state: 'known', value: 'fresh' });
    now = 1000;
    expect(sampled.read()).toEqual({ state: 'known', value: 'fresh' });
    now = 1001;
    expect(sampled.read()).toEqual({ state: 'unknown', reason: 'no answer for 1 s' });
    expect(asked).toBe(2);
  });

  it('reports why there is no value, and finds one again', async () => {
    const answers = [Promise.reject(new Error('away')), Promise.resolve('back')];
    const sampled = new Sampled(
      () => answers.shift()!,
      1000,
      () => 0,
    );
    sampled.read();
    await settle();
    expect(sampled.read()).toEqual({ state: 'unknown', reason: 'away' });
    await settle();
    expect(sampled.read()).toEqual({ state: 'known', value: 'back' });
  });
});
