import { setTimeout as pause } from 'node:timers/promises';

import { probeDelayMs } from './health.js';
import { PendingInvalidations } from './pending-invalidations.js';

/** What a node that was silent had received by then, it may still carry out in its first moments awake. */
const settleMs = 50;

/** Keys of one request. */
const keysPerInvalidation = 500;

/** The node of a pool, as its recovery sees it. `ping` and `invalidate` reject when the node does not answer in time. */
export interface RecoveryTarget {
  isDown(): boolean;
  /** Probes since the node went down. */
  probes(): number;
  ping(): Promise<void>;
  /** `undefined` for a driver that cannot invalidate. */
  invalidate: ((keys: readonly string[] | 'all') => Promise<void>) | undefined;
  /** A probe ended; the target may be up after it. */
  onProbe(answered: boolean): void;
  /** An invalidation failed. */
  onFailure(error: unknown): void;
}

/** The timer of a phase has a task to run, or has run it: the task is then under way. */
type Phase =
  | Readonly<{ kind: 'idle' }>
  | Readonly<{ kind: 'probing'; timer: NodeJS.Timeout }>
  | Readonly<{ kind: 'invalidating'; timer: NodeJS.Timeout }>
  | Readonly<{ kind: 'stopped' }>;

const idle: Phase = Object.freeze({ kind: 'idle' });

/** Brings a node back: probes it while it is down, and invalidates what it missed before it is used again. */
export class Recovery {
  private readonly pending = new PendingInvalidations();
  private phase: Phase = idle;

  constructor(
    private readonly target: RecoveryTarget,
    private readonly options: Readonly<{ probeMs: number; maxProbeMs: number }>,
  ) {}

  /** Has the node delete `keys`: soon where it is up, else before it is used again. */
  invalidate(keys: readonly string[]): void {
    if (!this.target.invalidate) return;
    this.pending.add(keys);
    if (this.phase.kind === 'idle') this.next();
  }

  mayBeStale(key: string): boolean {
    return this.pending.has(key);
  }

  /** To be called whenever the node went down or came back. */
  onHealthChange(): void {
    if (this.phase.kind === 'stopped') return;
    this.clearTimer();
    this.phase = idle;
    this.next();
  }

  stop(): void {
    this.clearTimer();
    this.phase = Object.freeze({ kind: 'stopped' });
  }

  private clearTimer(): void {
    if ('timer' in this.phase) clearTimeout(this.phase.timer);
  }

  private next(): void {
    if (this.target.isDown()) this.scheduleProbe();
    else if (!this.pending.empty) this.scheduleInvalidation();
    else this.phase = idle;
  }

  private scheduleProbe(): void {
    const { probeMs, maxProbeMs } = this.options;
    const delayMs = probeDelayMs(this.target.probes(), probeMs, maxProbeMs);
    const phase: Phase = { kind: 'probing', timer: setTimeout(() => void this.probe(phase), delayMs).unref() };
    this.phase = phase;
  }

  private async probe(phase: Phase): Promise<void> {
    const answered = await this.target
      .ping()
      .then(() => this.invalidateBeforeUse())
      .then(
        () => true,
        () => false,
      );
    if (this.phase !== phase) return;
    this.target.onProbe(answered);
    if (this.phase === phase) this.next();
  }

  private async invalidateBeforeUse(): Promise<void> {
    if (this.pending.empty) return;
    await pause(settleMs, undefined, { ref: false });
    await this.invalidatePending();
  }

  /** For a node that missed a write, but stayed in use. */
  private scheduleInvalidation(): void {
    const run = async (): Promise<void> => {
      await this.invalidatePending().catch((error: unknown) => this.target.onFailure(error));
      if (this.phase === phase) this.next();
    };
    const phase: Phase = { kind: 'invalidating', timer: setTimeout(() => void run(), settleMs).unref() };
    this.phase = phase;
  }

  private async invalidatePending(): Promise<void> {
    while (!this.pending.empty && this.phase.kind !== 'stopped') {
      const keys = this.pending.take(keysPerInvalidation);
      await this.target.invalidate!(keys).catch((error: unknown) => {
        this.pending.add(keys);
        throw error;
      });
    }
  }
}
