import { Inject, Injectable } from '@nestjs/common';
import { InjectSearchRepository, SearchRepository } from '@rookery/search';
import { DEMO_CONFIG, type DemoConfig } from '../config.js';
import { Passage } from '../entities/index.js';
import type { SearchAnswer } from './search-answer.js';
import type { SearchParameters } from './search-parameters.js';

const DECADES = 50;

@Injectable()
export class PassageSearch {
  constructor(
    @InjectSearchRepository(Passage) private readonly passages: SearchRepository<Passage>,
    @Inject(DEMO_CONFIG) private readonly config: DemoConfig,
  ) {}

  /** @throws SearchEngineUnavailableError when OpenSearch does not answer within `searchTimeoutMs`. */
  async search(parameters: SearchParameters): Promise<SearchAnswer> {
    const { page, size } = parameters;
    const found = await this.#query(parameters)
      .aggregate((a) => ({
        party: a.terms('address.president.party'),
        decade: a.terms('decade', { size: DECADES, order: { key: 'asc' } }),
      }))
      .page({ number: page, size })
      .search({ timeoutMs: this.config.searchTimeoutMs });
    return {
      total: found.total,
      page,
      pages: Math.ceil(found.total / size),
      hits: found.hits.map(({ score, source: { id, address, text }, highlights }) => ({
        id,
        score,
        address: { id: address.id, year: address.year, title: address.title },
        president: address.president,
        text,
        highlights: highlights['text'] ?? [],
      })),
      facets: {
        party: found.aggregations.party.buckets.map(({ key, count }) => ({ party: key, count })),
        decade: found.aggregations.decade.buckets.map(({ key, count }) => ({ decade: key, count })),
      },
    };
  }

  #query({ q, president, party, from, to }: SearchParameters) {
    let query = this.passages.query();
    if (q === undefined) query = query.sort('address.year').sort('id');
    else query = query.must((c) => c.match('text', q, { operator: 'and' })).highlight('text');
    if (president !== undefined) query = query.filter((c) => c.match('address.president.name', president, { operator: 'and' }));
    if (party !== undefined) query = query.filter((c) => c.term('address.president.party', party));
    if (from !== undefined) query = query.filter((c) => c.range('address.year', { gte: from }));
    if (to !== undefined) query = query.filter((c) => c.range('address.year', { lte: to }));
    return query;
  }
}
