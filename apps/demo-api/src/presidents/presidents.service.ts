import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { EntityManager } from '@mikro-orm/postgresql';
import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { AddressesService } from '../addresses/addresses.service.js';
import { President } from '../entities/index.js';
import { type PresidentChange, PresidentDto } from './president.dto.js';

@Injectable()
export class PresidentsService {
  constructor(
    private readonly em: EntityManager,
    private readonly addresses: AddressesService,
  ) {}

  /** Changes a president. The search documents of all passages follow by the library's sync, the cache by eviction. */
  async change(id: number, change: PresidentChange): Promise<PresidentDto> {
    const em = this.em.fork();
    const president = await em.findOne(President, id);
    if (president === null) throw new NotFoundException(`There is no president ${id}.`);
    if (change.name !== undefined) president.name = change.name;
    if (change.party !== undefined) president.party = change.party;
    try {
      await em.flush();
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException)
        throw new ConflictException(`Another president has the name ${change.name}.`);
      throw error;
    }
    await this.addresses.forgetPresident(id);
    return PresidentDto.of(president);
  }
}
