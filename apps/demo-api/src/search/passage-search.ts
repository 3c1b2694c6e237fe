import { Inject, Injectable } from '@nestjs/common';
import { InjectSearchRepository, SearchRepository } from '@rookery/search';
import { DEMO_CONFIG, type DemoConfig } from '../config.js';
import { Passage } from '../entities/index.js';
import { meant } from './did-you-mean.js';
import { narrowCounts, narrowFacets, wideCounts, wideFacets } from './facets.js';
import { toHit } from './hit.js';
import { narrowing } from './narrowing.js';
import { askedQuery, passageQuery } from './passage-query.js';
import { refusalOf } from './refusal.js';
import type { SearchAnswer, WordCount } from './search-answer.js';
import type { SearchParameters } from './search-parameters.js';
import { significantWords } from './significant-words.js';

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
    const [{ found, counts }, words] = await Promise.all([
      parameters.facets === 'wide' ? this.#wide(parameters) : this.#narrow(parameters),
      this.#significantWords(parameters),
    ]).catch((error: unknown) => {
      throw refusalOf(error, parameters);
    });
    return {
      total: found.total,
      page: cursor === undefined ? page : null,
      pages: found.pageCount,
      nextCursor: found.nextCursor ?? null,
      didYouMean: found.suggestions.meant[0]?.text ?? null,
      hits: found.hits.map(toHit),
      facets: { ...counts, words },
    };
  }

  async #narrow(parameters: SearchParameters) {
    const found = await this.passages.paginate(
      (query) =>
        passageQuery(query, parameters)
          .aggregate(narrowFacets)
          .suggest((s) => meant(s, parameters.q)),
      this.#place(parameters),
    );
    return { found, counts: narrowCounts(found.aggregations) };
  }

  async #wide(parameters: SearchParameters) {
    const found = await this.passages.paginate(
      (query) =>
        askedQuery(query, parameters)
          .postFilter((c) => narrowing(c, parameters))
          .aggregate((a) => wideFacets(a, parameters))
          .suggest((s) => meant(s, parameters.q)),
      this.#place(parameters),
    );
    return { found, counts: wideCounts(found.aggregations) };
  }

  #place({ size, page = 1, cursor }: SearchParameters) {
    return { size, ...(cursor === undefined ? { page } : { cursor }), ...this.#deadline };
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
