import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { Limiter } from '../../service/limiter.js';

/**
 * Checks the storage of a limiter, within its `timeoutMs`. While it fails, `'closed'` refuses requests, so the result is
 * `down`; `'local'` and `'open'` go on serving, so it is `degraded`.
 *
 * @example this.health.check([() => this.indicator.check('limiter', this.limiter)])
 */
@Injectable()
export class LimiterHealthIndicator {
  constructor(@Inject(HealthIndicatorService) private readonly health: HealthIndicatorService) {}

  async check<const Key extends string>(key: Key, limiter: Limiter): Promise<HealthIndicatorResult<Key>> {
    const session = this.health.check(key);
    const { storageName: storage, onStorageError } = limiter;
    try {
      await limiter.check();
      return session.up({ storage });
    } catch (error) {
      const details = { storage, onStorageError, message: error instanceof Error ? error.message : String(error) };
      return onStorageError === 'closed' ? session.down(details) : session.degraded(details);
    }
  }
}
