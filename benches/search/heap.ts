/** Runs `work` and says how far the heap rose above what it was before, in MB, by looking every 10 ms. */
export async function peakHeapMb(work: () => Promise<void>): Promise<number> {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().heapUsed)), 10);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return (peak - before) / 1024 / 1024;
}
