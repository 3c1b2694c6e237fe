/** Holds the event loop, as work of so long does, without the processor, which other suites need. */
export function holdEventLoop(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
