import { call, RequestError } from '../api.js';

export type ProbeReport = Readonly<{
  requests: number;
  failures: number;
  /** Of the failures, those over the limit of one client. */
  limited: number;
  medianMs: number;
  maxMs: number;
  /** The message of the last failure. */
  problem: string | undefined;
}>;

/** Requests `path` again and again, one request at a time, and reports after each what a client saw. */
export async function probe(
  path: (request: number) => string,
  everyMs: number,
  signal: AbortSignal,
  report: (soFar: ProbeReport) => void,
): Promise<void> {
  const times: number[] = [];
  let [failures, limited] = [0, 0];
  let problem: string | undefined;
  while (!signal.aborted) {
    const startedAt = performance.now();
    try {
      await call(path(times.length), { signal });
    } catch (error) {
      if (signal.aborted) return;
      const status = error instanceof RequestError ? error.status : undefined;
      // Of a president who was removed, the addresses are gone as well: a 404 is no failure.
      if (status !== 404) {
        failures += 1;
        if (status === 429) limited += 1;
        problem = error instanceof Error ? error.message : String(error);
      }
    }
    times.push(performance.now() - startedAt);
    const sorted = [...times].sort((a, b) => a - b);
    report({
      requests: times.length,
      failures,
      limited,
      medianMs: sorted[Math.floor(sorted.length / 2)]!,
      maxMs: sorted.at(-1)!,
      problem,
    });
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, everyMs - (performance.now() - startedAt))));
  }
}
