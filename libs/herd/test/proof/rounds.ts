import { Crew } from './crew.js';
import { prove } from './prove.js';
import type { Round, Size } from './prove.js';

/** What came of some rounds. */
export type Sums = { rounds: number; writes: number; reads: number; values: number; stale: number; worstMs: number };

export const noSums: Readonly<Sums> = { rounds: 0, writes: 0, reads: 0, values: 0, stale: 0, worstMs: 0 };

export const summed = (a: Readonly<Sums>, b: Readonly<Sums>): Sums => ({
  rounds: a.rounds + b.rounds,
  writes: a.writes + b.writes,
  reads: a.reads + b.reads,
  values: a.values + b.values,
  stale: a.stale + b.stale,
  worstMs: Math.max(a.worstMs, b.worstMs),
});

/** Proves one round after the other by one crew, and prints a line for each. */
export async function proveAll(rounds: readonly Round[], processes: number, size: Size): Promise<Sums> {
  const crew = await Crew.start(processes);
  let sums: Sums = noSums;
  for (const round of rounds) {
    const { own, foreign, atRest, strange, writes, reads, values, worstMs } = await prove(crew, round, size);
    const found = [...own, ...foreign, ...atRest, ...strange];
    sums = summed(sums, { rounds: 1, writes, reads, values, stale: found.length, worstMs });
    const lines = [
      `${round.tier} ${round.driver} ${round.policy} ${round.fault}: ${writes} writes, ${reads} reads ` +
        `(${values} of a value), ${own.length} old to their writer, ${foreign.length} to others beyond the bound, ` +
        `${atRest.length} at rest, ${strange.length} never written; oldest to others ${worstMs} ms`,
      ...found.slice(0, 10).map((one) => `  ${one}`),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  await crew.close();
  return sums;
}
