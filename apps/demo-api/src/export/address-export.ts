import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { AddressDto } from '../addresses/address.dto.js';
import { Address } from '../entities/index.js';
import { OF_PRESENT_PRESIDENTS } from '../entities/present.js';
import type { Years } from './years.js';

/** Addresses in memory at a time. */
const PAGE = 10;

@Injectable()
export class AddressExport {
  constructor(private readonly em: EntityManager) {}

  /** One address a line, in order; read page by page, as fast as the client reads them. */
  async *lines({ from, to }: Years): AsyncGenerator<string> {
    for (let last = 0; ;) {
      const where = { id: { $gt: last }, year: { $gte: from, $lte: to }, ...OF_PRESENT_PRESIDENTS };
      const page = await this.em
        .fork()
        .find(Address, where, { populate: ['president', 'passages'], orderBy: { id: 'asc' }, limit: PAGE });
      for (const address of page) yield `${JSON.stringify(AddressDto.of(address))}\n`;
      if (page.length < PAGE) return;
      last = page.at(-1)!.id;
    }
  }
}
