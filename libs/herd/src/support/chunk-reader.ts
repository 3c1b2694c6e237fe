/** Into this all sockets of the process read, one after the other: what one has read is used before the next does. */
const shared = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Reads a socket without a Buffer of its own for each chunk, as Node makes them: to allocate those costs more than to read.
 * Give it to `connect` as `onread`; the socket then has no `data` events.
 */
export class ChunkReader {
  private listener: ((chunk: Buffer) => void) | undefined;
  private early: Buffer[] = [];

  readonly onread = {
    buffer: shared,
    callback: (size: number): boolean => {
      const chunk = shared.subarray(0, size);
      if (this.listener) this.listener(chunk);
      else this.early.push(Buffer.from(chunk));
      return true;
    },
  };

  /** @param listener must not keep a chunk: its bytes are others' as soon as it returns. Without one, they wait. */
  listen(listener: ((chunk: Buffer) => void) | undefined): void {
    this.listener = listener;
    if (!listener) return;
    const { early } = this;
    this.early = [];
    for (const chunk of early) this.listener?.(chunk);
  }
}
