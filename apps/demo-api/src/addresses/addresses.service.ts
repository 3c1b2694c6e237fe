import { EntityManager } from '@mikro-orm/postgresql';
import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import { type Herd, InjectHerd, type Namespace } from '@rookery/herd';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { DEMO_CONFIG, type DemoConfig } from '../config/demo-config.js';
import { Address } from '../entities/index.js';
import { OF_PRESENT_PRESIDENTS } from '../entities/present.js';
import { AddressDto } from './address.dto.js';
import { addressCache } from './address-cache.js';
import { answerOf, type CachedAnswer } from './cached-answer.js';

export type FoundAddress = Readonly<{ answer: CachedAnswer; cache: 'HIT' | 'MISS' }>;

@Injectable()
export class AddressesService {
  readonly #cache: Namespace;
  readonly #lifeMs: number;

  constructor(
    private readonly em: EntityManager,
    @InjectHerd('cache') herd: Herd<MemcachedCommands>,
    @Inject(DEMO_CONFIG) config: DemoConfig,
  ) {
    this.#cache = addressCache(herd, config);
    this.#lifeMs = 1000 * config.cacheSeconds;
  }

  /**
   * From the memory of this process, else from the herd, else from PostgreSQL: also where the herd does not answer. `MISS`: this
   * request had it read from PostgreSQL.
   */
  async get(id: number): Promise<FoundAddress> {
    let cache: FoundAddress['cache'] = 'HIT';
    const answer = await this.#cache.getOrSet(String(id), this.#lifeMs, () => {
      cache = 'MISS';
      return this.#read(id);
    });
    return { answer, cache };
  }

  /**
   * Drops presidents' addresses after a change, here, on the nodes, and in other processes that are notified. What was read before the
   * change is not kept. A process, or a node, that is not notified serves the old state until that expires: `cacheSeconds` at most.
   */
  async forgetPresidents(presidents: readonly number[]): Promise<void> {
    if (presidents.length === 0) return;
    const addresses = await this.em.fork().find(Address, { president: { $in: [...presidents] } }, { fields: ['id'] });
    await this.#cache.deleteMany(addresses.map(({ id }) => String(id)));
  }

  async #read(id: number): Promise<CachedAnswer> {
    const found = await this.em
      .fork()
      .findOne(Address, { id, ...OF_PRESENT_PRESIDENTS }, { populate: ['president', 'passages'] });
    if (found === null) throw new NotFoundException(`There is no address ${id}.`);
    return answerOf(AddressDto.of(found));
  }
}
