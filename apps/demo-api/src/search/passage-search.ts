import { Inject, Injectable } from '@nestjs/common';
import { InjectSearchRepository, SearchRepository } from '@rookery/search';
import { DEMO_CONFIG, type DemoConfig } from '../config.js';
import { Passage } from '../entities/index.js';
import { meant } from './did-you-mean.js';
import { facets, significantWords } from './facets.js';
import { toHit } from './hit.js';
import { passageQuery } from './passage-query.js';
import { refusalOf } from './refusal.js';
import type { SearchAnswer, WordCount } from './search-answer.js';
import type { SearchParameters } from './search-parameters.js';

@Injectable()
export class PassageSearch {
  constructor(
    @InjectSearchRepository(Passage) private readonly passages: SearchRepository<Passage>,
    @Inject(DEMO_CONFIG) private readonly config: DemoConfig,
  ) {}

  /**
   * @throws InvalidRequestException for a cursor or a `mode=query` that is none.
   * @throws SearchEngineUnavailableError when OpenSearch does not answer within `searchTimeoutMs`.
   */
  async search(parameters: SearchParameters): Promise<SearchAnswer> {
    const { page = 1, cursor } = parameters;
    const [found, words] = await Promise.all([this.#page(parameters), this.#significantWords(parameters)]).catch(
      (error: unknown) => {
        throw refusalOf(error, parameters);
      },
    );
    const { party, decade } = found.aggregations;
    return {
      total: found.total,
      page: cursor === undefined ? page : null,
      pages: found.pageCount,
      nextCursor: found.nextCursor ?? null,
      didYouMean: found.suggestions.meant[0]?.text ?? null,
      hits: found.hits.map(toHit),
      facets: {
        party: party.buckets.map(({ key, count }) => ({ party: key, count })),
        decade: decade.buckets.map(({ key, count }) => ({ decade: `${key}s`, count })),
        words,
      },
    };
  }

  #page(parameters: SearchParameters) {
    const { q, size, page = 1, cursor } = parameters;
    const place = cursor === undefined ? { page } : { cursor };
    return this.passages.paginate(
      (query) =>
        passageQuery(query, parameters)
          .aggregate(facets)
          .suggest((s) => meant(s, q)),
      { size, ...place, ...this.#deadline },
    );
  }

  async #significantWords(parameters: SearchParameters): Promise<WordCount[]> {
    if (parameters.words === 'false') return [];
    const { aggregations } = await passageQuery(this.passages.query(), parameters)
      .aggregate(significantWords)
      .page({ size: 0 })
      .search(this.#deadline);
    return aggregations.sample.words.buckets.map(({ key, doc_count: count }) => ({ word: key, count }));
  }

  get #deadline() {
    return { timeoutMs: this.config.searchTimeoutMs };
  }
}
