import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { InjectSearchRepository, SearchError, SearchRepository } from '@rookery/search';
import { Passage } from '../entities/index.js';

@Injectable()
export class OpenSearchIndicator {
  constructor(
    private readonly health: HealthIndicatorService,
    @InjectSearchRepository(Passage) private readonly passages: SearchRepository<Passage>,
  ) {}

  /** Degraded unless the index answers in time. */
  async check(key: string, timeoutMs: number): Promise<HealthIndicatorResult> {
    const session = this.health.check(key);
    try {
      return session.up({ passages: await this.passages.count(undefined, { timeoutMs }) });
    } catch (error) {
      if (!(error instanceof SearchError)) throw error;
      return session.degraded(error.message);
    }
  }
}
