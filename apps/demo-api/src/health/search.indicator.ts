import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { InjectSearch, type SearchService } from '@rookery/search';
import { SearchHealthIndicator } from '@rookery/search/terminus';

/** A change that waits longer than this for its documents is a sign that no relay runs, or that OpenSearch is away. */
const MAX_LAG_MS = 30_000;

@Injectable()
export class SearchIndicator {
  constructor(
    private readonly health: HealthIndicatorService,
    private readonly library: SearchHealthIndicator,
    @InjectSearch() private readonly search: SearchService,
  ) {}

  /** The library's judgement, but `degraded` in place of `down`: most routes do without search. */
  async check(key: string, timeoutMs: number): Promise<HealthIndicatorResult> {
    const result = await this.library.check(key, this.search, { maxLagMs: MAX_LAG_MS, timeoutMs });
    const { status, ...details } = result[key]!;
    return status === 'down' ? this.health.check(key).degraded(details) : result;
  }
}
