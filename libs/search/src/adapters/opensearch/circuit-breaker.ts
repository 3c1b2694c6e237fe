import type { UnavailableReason } from '../../errors/engine.errors.js';

export interface BreakerOptions {
  /** Failures in a row after which calls are refused at once. */
  readonly failures: number;
  /** How long they are at first, in milliseconds; twice as long after each probe that fails, up to ten times. */
  readonly openMs: number;
}

/** `open` until `until`, in milliseconds of the clock. `probing`: one call is under way to find out. */
type BreakerState =
  | Readonly<{ state: 'closed'; failures: number }>
  | Readonly<{ state: 'open'; until: number; openMs: number; reason: UnavailableReason }>
  | Readonly<{ state: 'probing'; openMs: number; reason: UnavailableReason }>;

/** Answers at once while an engine is away, and lets one call through now and then to see whether it is back. */
export class CircuitBreaker {
  private now: BreakerState = { state: 'closed', failures: 0 };

  constructor(
    private readonly options: BreakerOptions,
    private readonly clockMs: () => number,
  ) {}

  /** @returns why a call is refused, and for how long; `undefined` where it may go on, and must report its outcome */
  refusal(): Readonly<{ reason: UnavailableReason; retryAfterMs: number }> | undefined {
    const { now } = this;
    if (now.state === 'closed') return undefined;
    if (now.state === 'probing') return { reason: now.reason, retryAfterMs: now.openMs };
    const leftMs = now.until - this.clockMs();
    if (leftMs > 0) return { reason: now.reason, retryAfterMs: Math.ceil(leftMs) };
    this.now = { state: 'probing', openMs: now.openMs, reason: now.reason };
    return undefined;
  }

  /** The engine answered, whatever the answer. */
  answered(): void {
    if (this.now.state !== 'closed' || this.now.failures > 0) this.now = { state: 'closed', failures: 0 };
  }

  failed(reason: UnavailableReason): void {
    const { now } = this;
    const { failures, openMs } = this.options;
    if (now.state === 'open') return;
    if (now.state === 'probing') return this.open(Math.min(now.openMs * 2, openMs * 10), reason);
    if (now.failures + 1 >= failures) return this.open(openMs, reason);
    this.now = { state: 'closed', failures: now.failures + 1 };
  }

  /** The call ended by its own caller: that is no sign of the engine's state. */
  abandoned(): void {
    const { now } = this;
    if (now.state === 'probing') this.now = { ...now, state: 'open', until: this.clockMs() };
  }

  private open(openMs: number, reason: UnavailableReason): void {
    this.now = { state: 'open', until: this.clockMs() + openMs, openMs, reason };
  }
}
