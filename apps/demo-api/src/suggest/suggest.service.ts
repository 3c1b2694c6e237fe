import { Inject, Injectable } from '@nestjs/common';
import { InjectSearchRepository, SearchRepository } from '@rookery/search';
import { DEMO_CONFIG, type DemoConfig } from '../config/demo-config.js';
import { Passage } from '../entities/index.js';
import type { SuggestParameters, Suggestions } from './suggest.dto.js';

@Injectable()
export class SuggestService {
  constructor(
    @InjectSearchRepository(Passage) private readonly passages: SearchRepository<Passage>,
    @Inject(DEMO_CONFIG) private readonly config: DemoConfig,
  ) {}

  /** Presidents and addresses with all the words, the last of which need not be complete: two searches in one request. */
  async suggest({ q, size }: SuggestParameters, signal: AbortSignal): Promise<Suggestions> {
    const query = this.passages.query().sort('_score', 'desc').sort('address.id').page({ size });
    const [presidents, addresses] = await this.passages.searchMany(
      [
        query
          .must((c) => c.matchBoolPrefix('address.president.name.typed', q, { operator: 'and' }))
          .collapse('address.president.id'),
        query.must((c) => c.matchBoolPrefix('address.title.typed', q, { operator: 'and' })).collapse('address.id'),
      ],
      { timeoutMs: this.config.searchTimeoutMs, signal },
    );
    return {
      presidents: presidents.hits.map(({ source }) => source.address.president),
      addresses: addresses.hits.map(({ source: { address } }) => ({
        id: address.id,
        year: address.year,
        title: address.title,
      })),
    };
  }
}
