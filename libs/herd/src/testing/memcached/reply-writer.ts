import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

/** How replies are sent while a test wants them otherwise than at once and whole. */
export type ReplyFaults = { delayMs: number; tearBytes: number };

/** Sends the replies of one connection in their order, late or in pieces as `faults` sets. */
export class ReplyWriter {
  private sent: Promise<void> | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly faults: Readonly<ReplyFaults>,
  ) {}

  write(parts: readonly Buffer[]): void {
    const { delayMs, tearBytes } = this.faults;
    if (parts.length === 0) return;
    if (!this.sent && delayMs === 0 && tearBytes === 0) return this.send(parts);
    const due = performance.now() + delayMs;
    this.queue(async () => {
      await pause(Math.max(0, due - performance.now()), undefined, { ref: false });
      if (tearBytes === 0) return this.send(parts);
      for (const piece of pieces(Buffer.concat(parts), tearBytes)) {
        this.socket.write(piece);
        // Two writes of one turn of the event loop may leave as one packet.
        await nextTurn();
      }
    });
  }

  /** Closes the connection once all is sent. */
  end(): void {
    if (this.sent) this.queue(() => Promise.resolve(this.socket.destroySoon()));
    else this.socket.destroySoon();
  }

  private queue(work: () => Promise<void>): void {
    const before = this.sent ?? Promise.resolve();
    const sent = before
      .then(() => (this.socket.destroyed ? undefined : work()))
      .then(() => {
        if (this.sent === sent) this.sent = undefined;
      });
    this.sent = sent;
  }

  private send(parts: readonly Buffer[]): void {
    for (const part of parts) this.socket.write(part);
  }
}

function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}
