import { randomUUID } from 'node:crypto';
import { LockMode } from '@mikro-orm/core';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { AddressesService } from '../addresses/addresses.service.js';
import { presidentsOf, type PresidentRow } from '../data/presidents-of.js';
import { ADDRESS_COUNT, readAddresses } from '../data/read-addresses.js';
import { President } from '../entities/index.js';

@Injectable()
export class ResetService {
  /** Read once: it means to unpack the whole data set. */
  #originals: Promise<ReadonlyMap<number, PresidentRow>> | undefined;

  constructor(
    private readonly em: EntityManager,
    private readonly addresses: AddressesService,
  ) {}

  /** Puts all that can be edited back, in one transaction; search follows as after any edit. @returns how many presidents had been edited */
  async reset(): Promise<number> {
    const originals = await this.#readOnce();
    const ids = await this.em.fork().transactional(async (tx) => {
      const lock = { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE } as const;
      const edited = (await tx.find(President, {}, lock)).flatMap((president) => {
        const original = originals.get(president.id);
        return original !== undefined && isEdited(president, original) ? [{ president, original }] : [];
      });
      // Names are unique: two that were exchanged are put back by way of names that nobody has.
      for (const { president, original } of edited) if (president.name !== original.name) president.name = randomUUID();
      await tx.flush();
      for (const { president, original } of edited) tx.assign(president, { ...original, deletedAt: null });
      return edited.map(({ original }) => original.id);
    });
    await this.addresses.forgetPresidents(ids);
    return ids.length;
  }

  #readOnce(): Promise<ReadonlyMap<number, PresidentRow>> {
    this.#originals ??= readOriginals().catch((error: unknown) => {
      this.#originals = undefined;
      throw error;
    });
    return this.#originals;
  }
}

function isEdited(president: President, { name, party }: PresidentRow): boolean {
  return president.name !== name || president.party !== party || president.deletedAt !== null;
}

async function readOriginals(): Promise<ReadonlyMap<number, PresidentRow>> {
  return new Map((await presidentsOf(readAddresses(ADDRESS_COUNT))).map((row) => [row.id, row]));
}
