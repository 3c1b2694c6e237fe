import { hedged, type HedgeOptions } from './hedge.js';

const options: HedgeOptions = {
  afterMs: 5,
  may: () => true,
  unanswered: (error) => (error as Error).message === 'lost',
};

/** Never answers, and notes when it is ended. */
const hanging = (ended: AbortSignal, log: string[]): Promise<never> =>
  new Promise((_resolve, reject) =>
    ended.addEventListener('abort', () => {
      log.push('ended');
      reject(new Error('lost'));
    }),
  );

describe('a try that has a second one beside it', () => {
  it('is alone where it is answered soon', async () => {
    let tries = 0;
    expect(await hedged(() => Promise.resolve((tries += 1)), { ...options, afterMs: 10_000 })).toBe(1);
  });

  it('is ended once the second one is answered', async () => {
    const log: string[] = [];
    let tries = 0;
    const answer = await hedged(
      (ended) => ((tries += 1) === 1 ? hanging(ended, log) : Promise.resolve('second')),
      options,
    );
    expect([answer, log]).toEqual(['second', ['ended']]);
  });

  it('counts a refusal as an answer, of either', async () => {
    const log: string[] = [];
    let tries = 0;
    const refused = hedged(
      (ended) => ((tries += 1) === 1 ? hanging(ended, log) : Promise.reject(new Error('refused'))),
      options,
    );
    await expect(refused).rejects.toThrow('refused');
    await expect(hedged(() => Promise.reject(new Error('at once')), options)).rejects.toThrow('at once');
    expect(log).toEqual(['ended']);
  });

  it('stays alone where no second one may be made', async () => {
    let tries = 0;
    const slow = () => new Promise<number>((resolve) => setTimeout(resolve, 30, (tries += 1)));
    expect(await hedged(slow, { ...options, may: () => false })).toBe(1);
    expect(tries).toBe(1);
  });

  it('fails as the first one did where none is answered', async () => {
    let tries = 0;
    const lost = hedged(async () => {
      const mine = (tries += 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw Object.assign(new Error('lost'), { mine });
    }, options);
    await expect(lost).rejects.toMatchObject({ mine: 1 });
    expect(tries).toBe(2);
  });
});
