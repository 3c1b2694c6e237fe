import type { Doubts } from './doubts.js';
import { probeDelayMs } from './health.js';

/** Keys of one request. */
const keysPerDeletion = 500;

/** Deletions in doubt are gathered for this long: they mostly come in numbers. */
const gatherMs = 20;

/** The node of a pool, as its recovery sees it. `probe` and `invalidate` reject when the node does not answer in time. */
export interface RecoveryTarget {
  isDown(): boolean;
  /** Probes since the node went down. */
  probes(): number;
  probe(): Promise<void>;
  /** `undefined` for a driver that cannot invalidate. */
  invalidate: ((keys: readonly string[]) => Promise<void>) | undefined;
  /** A probe ended, with the reason of its failure; the target may be up after it. */
  onProbe(failure: unknown): void;
  /** A deletion of keys in doubt failed. */
  onFailure(error: unknown): void;
}

/** The timer of a phase has a task to run, or has run it: the task is then under way. */
type Phase =
  | Readonly<{ kind: 'idle' }>
  | Readonly<{ kind: 'probing'; timer: NodeJS.Timeout }>
  | Readonly<{ kind: 'forgetting'; timer: NodeJS.Timeout; at: number }>
  | Readonly<{ kind: 'stopped' }>;

const idle: Phase = Object.freeze({ kind: 'idle' });

/** Brings a node back: probes it while it is down, and deletes there what is in doubt. */
export class Recovery {
  private phase: Phase = idle;
  private readonly deletions = new Map<string, Promise<void>>();

  constructor(
    private readonly target: RecoveryTarget,
    readonly doubts: Doubts,
    private readonly options: Readonly<{ probeMs: number; maxProbeMs: number; lateWritesMs: number }>,
  ) {}

  /** Has the node delete `keys`: soon where it is up, and in any case before they are used. */
  doubt(keys: readonly string[], lateMs: number): void {
    if (!this.target.invalidate) return;
    for (const key of keys) this.doubts.add(key, lateMs);
    this.wake();
  }

  /** Others have added doubts: they are to be seen to. */
  wake(): void {
    const waits = this.phase.kind === 'forgetting' && this.phase.at > performance.now() + gatherMs;
    if (waits) this.clearTimer();
    if (waits || this.phase.kind === 'idle') this.next();
  }

  /** Deletes those of `keys` on the node that it missed a write to. @returns `undefined` where there are none. */
  forget(keys: readonly string[]): Promise<void> | undefined {
    if (this.doubts.none || !this.target.invalidate) return undefined;
    const missed = keys.filter((key) => this.doubts.standing(key) === 'missed');
    return missed.length === 0 ? undefined : this.deleteAll(missed);
  }

  /** To be called whenever the node went down or came back. */
  onHealthChange(): void {
    if (this.phase.kind === 'stopped') return;
    this.clearTimer();
    this.phase = idle;
    if (!this.target.isDown()) this.doubts.delayLate(this.options.lateWritesMs);
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
    this.phase = idle;
    if (this.target.isDown()) this.scheduleProbe();
    else if (!this.doubts.none && this.target.invalidate) this.scheduleDeletion();
  }

  private scheduleProbe(): void {
    const { probeMs, maxProbeMs } = this.options;
    const delayMs = probeDelayMs(this.target.probes(), probeMs, maxProbeMs);
    const phase: Phase = { kind: 'probing', timer: setTimeout(() => void this.probe(phase), delayMs).unref() };
    this.phase = phase;
  }

  private async probe(phase: Phase): Promise<void> {
    const failure = await this.target.probe().then(
      () => undefined,
      (error: unknown) => error ?? new Error('it failed'),
    );
    if (this.phase !== phase) return;
    this.target.onProbe(failure);
    if (this.phase === phase) this.next();
  }

  private scheduleDeletion(leastMs = gatherMs): void {
    const waitMs = this.doubts.nextDueAt() - performance.now();
    if (waitMs === Infinity) return;
    const delayMs = Math.min(Math.max(waitMs, leastMs), 2 ** 30);
    const run = async (): Promise<void> => {
      const deleted = await this.deleteDue().then(
        () => true,
        (error: unknown) => (this.target.onFailure(error), false),
      );
      if (this.phase === phase && deleted) this.next();
      else if (this.phase === phase) this.scheduleDeletion(this.options.maxProbeMs);
    };
    const phase: Phase = {
      kind: 'forgetting',
      at: performance.now() + delayMs,
      timer: setTimeout(() => void run(), delayMs).unref(),
    };
    this.phase = phase;
  }

  private async deleteDue(): Promise<void> {
    while (this.phase.kind !== 'stopped') {
      const keys = this.doubts.due(keysPerDeletion);
      if (keys.length === 0) return;
      await this.deleteAll(keys);
    }
  }

  /** One deletion of a key at a time: one that came second would delete what was written after the first. */
  private async deleteAll(keys: readonly string[]): Promise<void> {
    const own = keys.filter((key) => !this.deletions.has(key));
    const others = keys.flatMap((key) => this.deletions.get(key) ?? []);
    const chunks = Array.from({ length: Math.ceil(own.length / keysPerDeletion) }, (_, i) =>
      own.slice(i * keysPerDeletion, (i + 1) * keysPerDeletion),
    );
    await Promise.all([...others, ...chunks.map((chunk) => this.deleteChunk(chunk))]);
  }

  private deleteChunk(keys: readonly string[]): Promise<void> {
    const ended = this.doubts.forget(keys);
    const end = (deleted: boolean): void => {
      for (const key of keys) this.deletions.delete(key);
      ended(deleted);
    };
    const deletion = this.target.invalidate!(keys).then(
      () => end(true),
      (error: unknown) => {
        end(false);
        throw error;
      },
    );
    for (const key of keys) this.deletions.set(key, deletion);
    return deletion;
  }
}
