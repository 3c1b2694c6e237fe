import { randomUUID } from 'node:crypto';

import type { Codec } from '../contracts/codec.js';
import type { Change, Invalidation, InvalidationBus } from '../contracts/invalidation-bus.js';
import { HerdOptionError } from '../errors/option-error.js';
import { MemoryTier } from './memory-tier.js';
import type { MemoryLimits } from './memory-tier.js';
import { RecentChanges } from './recent-changes.js';

/** Changes that wait for a bus that is away, at most; beyond it, their namespaces are dropped as a whole. */
const maxWaiting = 1000;

/** Changes that the bus has not answered, at most: a client with a queue of its own may keep them for as long as it likes. */
const maxUnanswered = 10_000;
const firstRetryMs = 50;
const maxRetryMs = 1000;

/** The memory tiers of a herd, and the bus that keeps them true. */
export class Coherence {
  private readonly origin = randomUUID();
  private readonly tiers = new Map<string, MemoryTier>();
  private readonly changes = new Map<string, RecentChanges>();
  private endSubscription: (() => void) | undefined;
  private unanswered = 0;
  private waiting: { namespace: string; change: Change }[] = [];
  private retry: NodeJS.Timeout | undefined;
  private retryMs = firstRetryMs;
  private closed = false;

  constructor(
    private readonly herd: string,
    private readonly bus: InvalidationBus | undefined,
    private readonly now: () => number,
  ) {}

  /** The one tier of a namespace. @throws HerdOptionError where it is there with other limits. */
  tier(namespace: string, limits: MemoryLimits, codec: Codec): MemoryTier {
    const present = this.tiers.get(namespace);
    if (present) {
      const differs = (Object.keys(limits) as (keyof MemoryLimits)[]).some(
        (name) => limits[name] !== present.limits[name],
      );
      const requirement = `must be the same wherever the namespace ${namespace} is opened in a process`;
      if (differs) throw new HerdOptionError([{ option: 'memory', received: limits, requirement }]);
      return present;
    }
    const tier = new MemoryTier(limits, codec, this.now);
    this.tiers.set(namespace, tier);
    this.listen();
    return tier;
  }

  /** What was changed of a namespace, as far as this process has seen. */
  changesOf(namespace: string): RecentChanges {
    const present = this.changes.get(namespace) ?? new RecentChanges(this.origin);
    this.changes.set(namespace, present);
    return present;
  }

  /** Another once the whole of a namespace, or what has some tag, was changed; 0 without memory. */
  epochOf(namespace: string): number {
    return this.tiers.get(namespace)?.epoch ?? 0;
  }

  /** Drops what changed from the memory of this process. */
  drop(namespace: string, change: Change): void {
    this.changesOf(namespace).note(change);
    this.tiers.get(namespace)?.apply(change);
  }

  /** Drops it here, and informs the other processes. */
  changed(namespace: string, change: Change): void {
    this.drop(namespace, change);
    if (this.bus && !this.closed) void this.publish(namespace, change);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
    this.endSubscription?.();
    for (const tier of this.tiers.values()) tier.apply({ kind: 'all' });
  }

  private listen(): void {
    this.endSubscription ??= this.bus?.subscribe({
      onInvalidation: ({ origin, herd, namespace, change }: Invalidation) => {
        if (origin !== this.origin && herd === this.herd) this.drop(namespace, change);
      },
      onGap: () => this.tiers.forEach((tier) => tier.apply({ kind: 'all' })),
    });
  }

  private async publish(namespace: string, change: Change): Promise<void> {
    if (this.unanswered >= maxUnanswered) return this.keep(namespace, change);
    this.unanswered++;
    try {
      await this.bus!.publish({ origin: this.origin, herd: this.herd, namespace, change });
      this.retryMs = firstRetryMs;
    } catch {
      this.keep(namespace, change);
    } finally {
      this.unanswered--;
    }
  }

  private keep(namespace: string, change: Change): void {
    this.waiting.push({ namespace, change });
    if (this.waiting.length > maxWaiting)
      this.waiting = [...new Set(this.waiting.map((one) => one.namespace))].map((name) => ({
        namespace: name,
        change: { kind: 'all' },
      }));
    this.retryLater();
  }

  private retryLater(): void {
    if (this.retry !== undefined || this.closed) return;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      const waiting = this.waiting.splice(0);
      for (const { namespace, change } of waiting) void this.publish(namespace, change);
    }, this.retryMs).unref();
    this.retryMs = Math.min(maxRetryMs, this.retryMs * 2);
  }
}
