/** How far memory rose at most above what it was before, in MB. */
export interface Peak {
  /** Of the JavaScript heap, what no collection has looked at yet included. */
  readonly heapMb: number;
  /** Of the heap and of buffers outside of it. */
  readonly withBuffersMb: number;
}

/** Runs `work`, looking at the memory every 10 ms. */
export async function peakOf(work: () => Promise<void>): Promise<Peak> {
  globalThis.gc?.();
  const before = process.memoryUsage();
  const peak = { heap: 0, all: 0 };
  const look = (): void => {
    const { heapUsed, external } = process.memoryUsage();
    peak.heap = Math.max(peak.heap, heapUsed - before.heapUsed);
    peak.all = Math.max(peak.all, heapUsed + external - before.heapUsed - before.external);
  };
  const timer = setInterval(look, 10);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  look();
  return { heapMb: peak.heap / 2 ** 20, withBuffersMb: peak.all / 2 ** 20 };
}

/** What is held now, after a collection, in MB. */
export function heldMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
