import type { Read, Report, Setting, Write } from './messages.js';

/** @property own reads by the writer that were older than what it had written. @property foreign those of others beyond the bound. */
export type Verdict = Readonly<{
  writes: number;
  reads: number;
  values: number;
  own: readonly string[];
  foreign: readonly string[];
  atRest: readonly string[];
  /** What nobody has written. */
  strange: readonly string[];
  /** The oldest value that another process read, by how long it had been replaced. */
  worstMs: number;
}>;

/**
 * Counters count up, so a read is stale that has less than was written before it began. Under `error` what was thrown is known
 * to be unknown: of such a key, nothing is claimed until it was read anew.
 */
export function judge(
  reports: readonly Report[],
  rest: readonly Report[],
  policy: Setting['policy'],
  boundMs: number,
): Verdict {
  const writes = reports.flatMap((report) => report.writes).sort((a, b) => a.completedAt - b.completedAt);
  const reads = reports.flatMap((report) => report.reads);
  const thrown = new Set(writes.flatMap(({ key, outcome }) => (outcome === 'thrown' ? [key] : [])));
  const claims = ({ key, count }: Read): boolean => count > 0 && !(policy === 'error' && thrown.has(key));
  const byKey = new Map<string, Write[]>();
  for (const write of writes) {
    const own = byKey.get(write.key);
    if (own) own.push(write);
    else byKey.set(write.key, [write]);
  }
  let worstMs = 0;
  const own: string[] = [];
  const foreign: string[] = [];
  for (const read of reads.filter(claims)) {
    if (read.own) {
      const least = policy === 'error' ? read.own.done : read.own.tried;
      if (read.count < least) own.push(`${read.key} was ${read.count} after ${least} was written`);
      continue;
    }
    const replaced = (byKey.get(read.key) ?? []).find(({ count, outcome }) => count > read.count && outcome === 'done');
    if (!replaced || replaced.completedAt >= read.startedAt) continue;
    const ageMs = read.startedAt - replaced.completedAt;
    worstMs = Math.max(worstMs, ageMs);
    if (ageMs > boundMs) foreign.push(`${read.key} was ${read.count}, ${Math.round(ageMs)} ms after ${replaced.count}`);
  }
  const last = new Map([...byKey].map(([key, own]) => [key, own.at(-1)!.count]));
  const atRest = rest
    .flatMap((report) => report.reads)
    .filter(claims)
    .filter(({ key, count }) => count < last.get(key)!)
    .map(({ key, count }) => `${key} is ${count}, and ${last.get(key)} was written`);
  const strange = reads
    .filter(({ key, count }) => count > (last.get(key) ?? 0))
    .filter(({ own }) => own === undefined || own.tried > 0)
    .map(({ key, count }) => `${key} was ${count}, and ${last.get(key) ?? 'nothing'} was written at last`);
  const values = reads.filter(({ count }) => count > 0).length;
  return {
    writes: writes.length,
    reads: reads.length,
    values,
    own,
    foreign,
    atRest,
    strange,
    worstMs: Math.round(worstMs),
  };
}
