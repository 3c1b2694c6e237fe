import { setTimeout as delay } from 'node:timers/promises';
import type { BucketLimit, BucketRequest } from '../contracts/limiter-storage.js';
import { withinDeadline } from '../support/deadline.js';
import type { ResolvedLimiterOptions } from './limiter-options.js';
import type { StorageGate } from './storage-gate.js';

/** Between two looks at a storage that is not ready yet. */
const READY_POLL_MS = 20;
const HEALTH_LIMITS: readonly BucketLimit[] = [{ drainPerTick: 1, unitsPerToken: 1, capacity: 1, tickMicros: 1 }];

/** Whether the storage answers, as a bucket shows that nobody uses. */
export class StorageReadiness {
  constructor(
    private readonly options: Pick<ResolvedLimiterOptions, 'storage' | 'prefix' | 'timeoutMs' | 'readyTimeoutMs'>,
    private readonly gate: StorageGate,
  ) {}

  /** @throws {@link StorageUnavailableError} when it fails or is late */
  async check(): Promise<void> {
    await this.gate.runWithoutFallback('health', () => this.options.storage.read(this.#request()));
  }

  /** Looks until it answers. @throws {@link StorageUnavailableError} after `readyTimeoutMs` */
  async ready(): Promise<void> {
    const { storage, timeoutMs, readyTimeoutMs } = this.options;
    const giveUpAt = performance.now() + readyTimeoutMs;
    for (;;) {
      try {
        await withinDeadline(Promise.resolve(storage.read(this.#request())), timeoutMs);
        return;
      } catch (error) {
        const remainingMs = giveUpAt - performance.now();
        if (remainingMs <= 0) return this.gate.runWithoutFallback('health', () => Promise.reject(error as Error));
        await delay(Math.min(READY_POLL_MS, remainingMs));
      }
    }
  }

  #request(): BucketRequest {
    const { prefix, timeoutMs } = this.options;
    return { key: `${prefix}:health`, limits: HEALTH_LIMITS, timeoutMs };
  }
}
