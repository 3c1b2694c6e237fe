import { Inject, Injectable } from '@nestjs/common';
import { type CallOptions, InjectSearchRepository, SearchRepository } from '@rookery/search';
import { DEMO_CONFIG, type DemoConfig } from '../config/demo-config.js';
import { Passage } from '../entities/index.js';
import { meant } from './did-you-mean.js';
import { narrowCounts, narrowFacets, wideCounts, wideFacets } from './facets.js';
import { toHit } from './hit.js';
import { narrowing } from './narrowing.js';
import { askedQuery, passageQuery } from './passage-query.js';
import { refusalOf } from './refusal.js';
import type { SearchAnswer, WordCount } from './search-answer.js';
import { SearchParameters } from './search-parameters.js';
import { significantWords } from './significant-words.js';

const WARM_UP_TIMEOUT_MS = 60_000;

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
  async search(parameters: SearchParameters, options: CallOptions = {}): Promise<SearchAnswer> {
    const call = { timeoutMs: this.config.searchTimeoutMs, ...options };
    const { page = 1, cursor } = parameters;
    const [{ found, counts }, words] = await Promise.all([
      parameters.facets === 'wide' ? this.#wide(parameters, call) : this.#narrow(parameters, call),
      this.#significantWords(parameters, call),
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

  /** What would make the first search too slow: an engine that has just started compiles what it runs. */
  async warmUp(): Promise<void> {
    for (const facets of ['narrow', 'wide'] as const)
      await this.search({ ...new SearchParameters(), q: 'union', facets }, { timeoutMs: WARM_UP_TIMEOUT_MS });
  }

  async #narrow(parameters: SearchParameters, call: CallOptions) {
    const found = await this.passages.paginate(
      (query) =>
        passageQuery(query, parameters)
          .aggregate(narrowFacets)
          .suggest((s) => meant(s, parameters.q)),
      this.#place(parameters, call),
    );
    return { found, counts: narrowCounts(found.aggregations) };
  }

  async #wide(parameters: SearchParameters, call: CallOptions) {
    const found = await this.passages.paginate(
      (query) =>
        askedQuery(query, parameters)
          .postFilter((c) => narrowing(c, parameters))
          .aggregate((a) => wideFacets(a, parameters))
          .suggest((s) => meant(s, parameters.q)),
      this.#place(parameters, call),
    );
    return { found, counts: wideCounts(found.aggregations) };
  }

  #place({ size, page = 1, cursor }: SearchParameters, call: CallOptions) {
    return { size, ...(cursor === undefined ? { page } : { cursor }), ...call };
  }

  async #significantWords(parameters: SearchParameters, call: CallOptions): Promise<WordCount[]> {
    if (parameters.words === 'false') return [];
    const { aggregations } = await passageQuery(this.passages.query(), parameters)
      .aggregate(significantWords)
      .page({ size: 0 })
      .search(call);
    return aggregations.sample.words.buckets.map(({ key, doc_count: count }) => ({ word: key, count }));
  }
}
