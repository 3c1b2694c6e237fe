import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { isUnavailable } from '../../support/engine-failure.js';
import { checkCall } from '../../support/call-options.js';
import { milliseconds, oneOf, wholeMilliseconds, type OptionTable } from '../../support/option-table.js';
import type { CallOptions } from '../../contracts/engine.js';
import type { Backlog } from '../../sync/outbox-backlog.js';

/** What of a `SearchService` is looked at. */
export interface CheckedSearch {
  pending(): Promise<number>;
  health(options?: CallOptions): Promise<'green' | 'yellow' | 'red'>;
  backlog(): Promise<Backlog>;
}

export interface SearchHealthOptions {
  /**
   * The worst state of the cluster that still counts as up. `yellow` (when absent): replicas may be missing, as on a
   * single node; `green`: none may; `red`: it answers, whatever is missing.
   */
  readonly upFrom?: 'green' | 'yellow' | 'red';
  /** Changes that may wait to be written; any number when absent. */
  readonly maxPending?: number;
  /** With the outbox: the oldest change may wait for so long, in milliseconds; the outbox is not looked at when absent. */
  readonly maxLagMs?: number;
  /** Wait for the engine at most, in milliseconds; 1,000 when absent. */
  readonly timeoutMs?: number;
}

const HEALTH: OptionTable<SearchHealthOptions> = {
  upFrom: oneOf('green', 'yellow', 'red'),
  maxPending: {
    accepts: (value) => typeof value === 'number' && !Number.isNaN(value),
    requirement: 'must be a number',
  },
  maxLagMs: milliseconds,
  timeoutMs: wholeMilliseconds(0),
};

const RANK = { red: 0, yellow: 1, green: 2 } as const;

/**
 * Health of a search for `@nestjs/terminus`.
 *
 * @example
 * \@Module({ imports: [TerminusModule], providers: [SearchHealthIndicator], controllers: [HealthController] })
 *
 * \@Get() @HealthCheck() check() {
 *   return this.health.check([() => this.searchHealth.check('search', this.search, { upFrom: 'yellow', maxPending: 1_000 })]);
 * }
 */
@Injectable()
export class SearchHealthIndicator {
  constructor(@Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService) {}

  /** Never rejects for an engine that is away: that is `down`. @throws SearchOptionError */
  async check<Key extends string>(
    key: Key,
    search: CheckedSearch,
    options: SearchHealthOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    checkCall('SearchHealthIndicator.check', options, HEALTH);
    const { upFrom = 'yellow', maxPending = Infinity, maxLagMs, timeoutMs = 1_000 } = options;
    const indicator = this.indicators.check(key);
    let pending: number | undefined;
    try {
      // Counted also where the engine is away: that is when changes wait.
      pending = await search.pending();
      const status = await search.health({ timeoutMs });
      const backlog = maxLagMs === undefined ? undefined : await search.backlog();
      const details = { cluster: status, pending, ...backlog };
      const inTime = backlog === undefined || backlog.lagMs <= maxLagMs!;
      return RANK[status] >= RANK[upFrom] && pending <= maxPending && inTime
        ? indicator.up(details)
        : indicator.down(details);
    } catch (error) {
      const reason = isUnavailable(error) ? error.reason : 'refused';
      return indicator.down({
        cluster: reason,
        ...(pending === undefined ? {} : { pending }),
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }
}
