import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { EntityManager } from '@mikro-orm/postgresql';
import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { AddressesService } from '../addresses/addresses.service.js';
import { President } from '../entities/index.js';
import { PRESENT } from '../entities/present.js';
import { type PresidentChange, PresidentDto } from './president.dto.js';

/** Edits. The search documents of all passages follow by the library's sync, the cache by eviction. */
@Injectable()
export class PresidentsService {
  constructor(
    private readonly em: EntityManager,
    private readonly addresses: AddressesService,
  ) {}

  /** @throws NotFoundException for an id that nobody has, ConflictException for the name of another president. */
  change(id: number, { name, party }: PresidentChange): Promise<PresidentDto> {
    return this.#edit(id, PRESENT, (president) => {
      if (name !== undefined) president.name = name;
      if (party !== undefined) president.party = party;
    });
  }

  /** The row stays; its addresses are found by nobody until it is restored. @throws NotFoundException where it is removed already. */
  async remove(id: number, now = new Date()): Promise<void> {
    await this.#edit(id, PRESENT, (president) => (president.deletedAt = now));
  }

  /** Changes nothing where the president was not removed. @throws NotFoundException for an id that nobody has. */
  restore(id: number): Promise<PresidentDto> {
    return this.#edit(id, {}, (president) => (president.deletedAt = null));
  }

  async #edit(id: number, where: object, edit: (president: President) => void): Promise<PresidentDto> {
    const em = this.em.fork();
    const president = await em.findOne(President, { id, ...where });
    if (president === null) throw new NotFoundException(`There is no president ${id}.`);
    edit(president);
    try {
      await em.flush();
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException)
        throw new ConflictException(`Another president has the name ${president.name}, or had it when it was removed.`);
      throw error;
    }
    await this.addresses.forgetPresidents([id]);
    return PresidentDto.of(president);
  }
}
