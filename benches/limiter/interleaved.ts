/** One thing that is measured: `decide(i)` is the i-th decision, whatever its outcome. */
export interface Contender {
  readonly name: string;
  readonly decide: (i: number) => Promise<unknown>;
}

const ROUND_MS = 300;

/**
 * Decisions per second of each, with `concurrency` of them in flight: the median of `rounds`, where every round measures
 * all contenders in turn, so that a slow moment of the machine slows them alike.
 */
export async function interleaved(
  contenders: readonly Contender[],
  rounds: number,
  concurrency: number,
): Promise<Map<string, number>> {
  const rates = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const { name, decide } of contenders) {
      const rate = await perSecond(decide, concurrency);
      // The first round warms up.
      if (round > 0) rates.get(name)!.push(rate);
    }
  }
  return new Map([...rates].map(([name, all]) => [name, all.sort((a, b) => a - b)[all.length >> 1]!]));
}

async function perSecond(decide: Contender['decide'], concurrency: number): Promise<number> {
  const startedAt = performance.now();
  let sent = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - startedAt < ROUND_MS) {
      // A whole group at a time: reading the clock for each would cost more than a decision in memory.
      for (let group = 0; group < 16; group++) await decide(sent++);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return sent / ((performance.now() - startedAt) / 1000);
}
