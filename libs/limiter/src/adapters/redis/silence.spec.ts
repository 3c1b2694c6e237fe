import { jest } from '@jest/globals';
import { Silence } from './silence.js';

describe('silence of a server', () => {
  let left: number[];
  let silence: Silence;
  beforeEach(() => {
    jest.useFakeTimers();
    left = [];
    const nowMs = (): number => Math.round(performance.now());
    const from = nowMs();
    silence = new Silence({ silenceMs: 500, leave: () => left.push(nowMs() - from), nowMs });
  });
  afterEach(() => jest.useRealTimers());
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const ask = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time++) {
      silence.asked();
      await pass(100);
    }
  };

  it('is noticed though commands go on being sent', async () => {
    await ask(13);
    // A millisecond each for what has arrived to be read.
    expect(left).toEqual([501, 1101]);
  });

  it('is none where something is heard, nor where nothing is asked', async () => {
    for (let time = 0; time < 10; time++) {
      await ask(4);
      silence.heard();
    }
    await pass(10_000);
    expect(left).toEqual([]);
  });

  it('begins with the first thing asked after something was heard', async () => {
    await ask(3);
    silence.heard();
    await ask(10);
    expect(left).toEqual([801]);
  });
});
