import { EntityManager } from '@mikro-orm/postgresql';
import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import { type Herd, InjectHerd } from '@rookery/herd';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { DEMO_CONFIG, type DemoConfig } from '../config/demo-config.js';
import { Address } from '../entities/index.js';
import { OF_PRESENT_PRESIDENTS } from '../entities/present.js';
import { AddressDto } from './address.dto.js';
import { answerOf, type CachedAnswer } from './cached-answer.js';
import { CacheCounts } from './cache-counts.js';

export type FoundAddress = Readonly<{ answer: CachedAnswer; cache: 'HIT' | 'MISS' }>;

@Injectable()
export class AddressesService {
  constructor(
    private readonly em: EntityManager,
    @InjectHerd('cache') private readonly herd: Herd<MemcachedCommands>,
    @Inject(DEMO_CONFIG) private readonly config: DemoConfig,
    private readonly counts: CacheCounts,
  ) {}

  /** From the herd, or from PostgreSQL when the herd does not have it or does not answer. */
  async get(id: number): Promise<FoundAddress> {
    const key = this.#key(id);
    const cached = await this.herd.get<CachedAnswer>(key);
    this.counts.count(this.herd.nodeFor(key)?.id, cached !== undefined);
    if (cached !== undefined) return { answer: cached, cache: 'HIT' };
    const found = await this.em
      .fork()
      .findOne(Address, { id, ...OF_PRESENT_PRESIDENTS }, { populate: ['president', 'passages'] });
    if (found === null) throw new NotFoundException(`There is no address ${id}.`);
    const answer = answerOf(AddressDto.of(found));
    await this.herd.set(key, answer, { ttl: `${this.config.cacheSeconds}s` });
    return { answer, cache: 'MISS' };
  }

  /**
   * Drops presidents' addresses from the herd after a change. A reader that read before the change and writes after
   * this, or a node that did not hear it, serves the old state until it expires: `cacheSeconds` at most.
   */
  async forgetPresidents(presidents: readonly number[]): Promise<void> {
    if (presidents.length === 0) return;
    const addresses = await this.em.fork().find(Address, { president: { $in: [...presidents] } }, { fields: ['id'] });
    await Promise.all(addresses.map(({ id }) => this.herd.delete(this.#key(id))));
  }

  #key(id: number): string {
    return `${this.config.prefix}:address-answer:${id}`;
  }
}
