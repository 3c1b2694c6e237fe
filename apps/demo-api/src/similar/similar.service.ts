import { EntityManager } from '@mikro-orm/postgresql';
import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import { InjectSearchRepository, SearchRepository } from '@rookery/search';
import { DEMO_CONFIG, type DemoConfig } from '../config/demo-config.js';
import { Passage } from '../entities/index.js';
import { OF_PRESENT_PRESIDENTS } from '../entities/present.js';
import { toHit } from '../search/hit.js';
import type { SimilarAddresses, SimilarParameters } from './similar.dto.js';

/** Words of the address that are looked for. */
const WORDS = 40;

@Injectable()
export class SimilarService {
  constructor(
    private readonly em: EntityManager,
    @InjectSearchRepository(Passage) private readonly passages: SearchRepository<Passage>,
    @Inject(DEMO_CONFIG) private readonly config: DemoConfig,
  ) {}

  /** Other addresses with a passage that has many of the words that stand out in this one. @throws NotFoundException */
  async similar(address: number, { size }: SimilarParameters, signal: AbortSignal): Promise<SimilarAddresses> {
    const own = await this.em
      .fork()
      .find(Passage, { address: { id: address, ...OF_PRESENT_PRESIDENTS } }, { fields: ['id'] });
    if (own.length === 0) throw new NotFoundException(`There is no address ${address}.`);
    const found = await this.passages
      .query()
      .must((c) =>
        c.moreLikeThis(
          ['text'],
          own.map(({ id }) => ({ id: String(id) })),
          { maxQueryTerms: WORDS, minimumShouldMatch: '20%' },
        ),
      )
      .mustNot((c) => c.term('address.id', address))
      .collapse('address.id')
      .page({ size })
      .search({ timeoutMs: this.config.searchTimeoutMs, signal });
    return { hits: found.hits.map(toHit) };
  }
}
