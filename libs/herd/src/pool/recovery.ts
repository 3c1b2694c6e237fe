import { setTimeout as pause } from 'node:timers/promises';

import { Doubts } from './pending-invalidations.js';
import { probeDelayMs } from './health.js';

/** What a node that was silent had received by then, it may still carry out in its first moments awake. */
const settleMs = 50;

/** Keys that one request makes a node forget. */
const forgetAtOnce = 500;

/** The pool, as its recovery sees it. Both questions reject when the node does not answer in time. */
export interface Patient {
  isDown(): boolean;
  /** Probes since the node went down. */
  probes(): number;
  ping(): Promise<void>;
  /** `undefined` for a driver that cannot forget. */
  forget: ((keys: readonly string[] | 'all') => Promise<void>) | undefined;
  probed(answered: boolean): void;
  failed(error: unknown): void;
}

/** Brings a node back: probes it while it is down, and makes it forget what it missed before it is used again. */
export class Recovery {
  private readonly doubts = new Doubts();
  private probe: NodeJS.Timeout | undefined;
  private cleaning: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(
    private readonly patient: Patient,
    private readonly options: Readonly<{ probeMs: number; maxProbeMs: number }>,
  ) {}

  doubt(keys: readonly string[]): void {
    if (!this.patient.forget) return;
    this.doubts.add(keys);
    this.cleanSoon();
  }

  isDoubted(key: string): boolean {
    return this.doubts.has(key);
  }

  /** To be told whenever the node went down or came back. */
  follow(): void {
    this.probeLater();
    this.cleanSoon();
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.probe);
    clearTimeout(this.cleaning);
  }

  private probeLater(): void {
    if (this.ended || !this.patient.isDown()) return;
    const { probeMs, maxProbeMs } = this.options;
    clearTimeout(this.probe);
    this.probe = setTimeout(
      () => void this.tryAgain(),
      probeDelayMs(this.patient.probes(), probeMs, maxProbeMs),
    ).unref();
  }

  private async tryAgain(): Promise<void> {
    const answered = await this.patient
      .ping()
      .then(() => this.comeClean())
      .then(
        () => true,
        () => false,
      );
    this.patient.probed(answered);
    this.probeLater();
  }

  /** Before a node is used again. */
  private async comeClean(): Promise<void> {
    if (this.doubts.empty) return;
    await pause(settleMs, undefined, { ref: false });
    await this.clean();
  }

  /** The same for a node that missed a write, but stayed in use. */
  private cleanSoon(): void {
    if (this.ended || this.doubts.empty || this.cleaning || this.patient.isDown()) return;
    this.cleaning = setTimeout(() => {
      const clean = this.patient.isDown() ? Promise.resolve() : this.clean();
      void clean
        .catch((error: unknown) => this.patient.failed(error))
        .finally(() => {
          this.cleaning = undefined;
          this.cleanSoon();
        });
    }, settleMs).unref();
  }

  private async clean(): Promise<void> {
    while (!this.doubts.empty && !this.ended) {
      const suspects = this.doubts.take(forgetAtOnce);
      await this.patient.forget!(suspects).catch((error: unknown) => {
        this.doubts.add(suspects);
        throw error;
      });
    }
  }
}
