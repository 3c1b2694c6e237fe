import { TurnBatch } from './turn-batch.js';

/** Answers on command, in any order. */
const held = () => {
  const sent: { readonly requests: readonly number[]; answer: () => void; fail: (error: Error) => void }[] = [];
  const batch = new TurnBatch<number, string>(
    64,
    (requests) =>
      new Promise((resolve, reject) =>
        sent.push({
          requests,
          answer: () => resolve(requests.map((each) => (each < 0 ? new Error(`no ${each}`) : `${each}`))),
          fail: reject,
        }),
      ),
  );
  const add = (count: number, from = 0): Promise<readonly PromiseSettledResult<string>[]> =>
    Promise.allSettled(
      Array.from(
        { length: count },
        (_, index) => new Promise<string>((succeed, fail) => batch.add(from + index, { succeed, fail })),
      ),
    );
  return { sent, add, sizes: () => sent.map(({ requests }) => requests.length) };
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const values = (results: readonly PromiseSettledResult<string>[]) =>
  results.map((each) => (each.status === 'fulfilled' ? each.value : (each.reason as Error).message));

describe('the batch of a turn', () => {
  it('leaves in two halves where nothing is under way, and whole where something is', async () => {
    const { sent, add, sizes } = held();
    const first = add(20);
    await turn();
    expect(sizes()).toEqual([10, 10]);
    sent[0]!.answer();
    await turn();
    const second = add(20, 100);
    await turn();
    expect(sizes()).toEqual([10, 10, 20]);
    for (const each of sent) each.answer();
    expect(values([...(await first), ...(await second)])).toEqual([
      ...Array.from({ length: 20 }, (_, index) => `${index}`),
      ...Array.from({ length: 20 }, (_, index) => `${100 + index}`),
    ]);
    void add(17);
    await turn();
    expect(sizes().slice(3)).toEqual([8, 9]);
  });

  it.each([1, 2, 15])('leaves whole where it is small (%p)', async (size) => {
    const { add, sizes } = held();
    void add(size);
    await turn();
    expect(sizes()).toEqual([size]);
  });

  it('has no more than it may', async () => {
    const { add, sizes } = held();
    void add(200);
    await turn();
    expect(sizes()).toEqual([32, 32, 64, 64, 8]);
  });

  it('fails one request alone, or all of one call, and goes on', async () => {
    const { sent, add, sizes } = held();
    const answers = add(18, -1);
    await turn();
    sent[0]!.answer();
    sent[1]!.fail(new Error('down'));
    expect(values(await answers)).toEqual([
      'no -1',
      ...Array.from({ length: 8 }, (_, index) => `${index}`),
      ...Array.from({ length: 9 }, () => 'down'),
    ]);
    void add(18);
    await turn();
    expect(sizes().slice(2)).toEqual([9, 9]);
  });
});
